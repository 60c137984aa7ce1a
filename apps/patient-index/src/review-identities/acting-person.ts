import { OPERATOR } from '@hie/contracts';
import { type TransactionClaims, signedInPersonOf } from '@hie/purpose-of-use';
import { type ForwardedRequest, Refusal, claimsOf } from '@hie/service-kit';

/** Who works on identities: decides and answers for it. */
export interface Steward {
  /** The person as the exchange names who acts. */
  readonly name: string;
  readonly claims: TransactionClaims;
}

/**
 * The person behind a request. Identities are the exchange's own and no member's, so whoever decides about them acts for its
 * operator; and a system does not decide, whomever it names: it would name two and be both.
 *
 * @throws Refusal `steward-only`, `acting-person-missing`
 */
export const stewardOf = (request: ForwardedRequest): Steward => stewardIn(claimsOf(request));

/** @throws as {@link stewardOf} */
export function stewardIn(claims: TransactionClaims): Steward {
  if (claims.tctx.org !== OPERATOR) throw new Refusal('steward-only', 403);
  const name = signedInPersonOf(claims)?.trim() ?? '';
  if (name === '') throw new Refusal('acting-person-missing', 403);
  return { name, claims };
}
