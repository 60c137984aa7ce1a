import { OPERATOR } from '@hie/contracts';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { type ForwardedRequest, Refusal, claimsOf } from '@hie/service-kit';

/** Who works on identities: decides and answers for it. */
export interface Steward {
  /** The person as the exchange names who acts. */
  readonly name: string;
  readonly claims: TransactionClaims;
}

/**
 * The person behind a request. Identities are the exchange's own and no member's, so whoever decides about them acts for its
 * operator; and a system does not decide, so the token must name a person.
 *
 * @throws Refusal `steward-only`, `acting-person-missing`
 */
export function stewardOf(request: ForwardedRequest): Steward {
  const claims = claimsOf(request);
  const { org, user } = claims.tctx;
  if (org !== OPERATOR) throw new Refusal('steward-only', 403);
  const name = user?.trim() ?? '';
  if (name === '') throw new Refusal('acting-person-missing', 403);
  return { name, claims };
}
