import { TrustError } from '@hie/purpose-of-use';

import { MemberSuspended } from '../edge/check-member.js';
import { OwnerProblem } from '../forward/owner-problem.js';
import { OutcomeError } from './outcome-error.js';

/** Outcomes at the gateway's own doors that are refusals of a right, not mistakes of form. */
const outcomesOfRight: ReadonlySet<string> = new Set([
  'purpose-missing',
  'purpose-unknown',
  'purpose-not-granted',
  'insufficient-scope',
  'member-suspended',
  'identifier-of-another',
]);

/**
 * What the services behind the gateway refuse because somebody reached for another's, or would have decided about themselves.
 *
 * Of registrations every refusal: who may register decides who is trusted, and a wrong form may be a try. No code of
 * `@hie/purpose-of-use` is among them: those the owner has told the ledger itself, and one request is one entry.
 */
export const ownersRefusalsOfRight = [
  'own-access',
  'role-of-the-exchange',
  'same-administrator',
  'registration-invalid',
  'already-registered',
  'endpoint-not-allowed',
  'key-withdrawn',
  'consent-of-another',
  'person-missing',
  'steward-only',
  'acting-person-missing',
  'second-person-needed',
  'actor-concerned',
  'reviewer-concerned',
  'not-the-assignee',
  'person-of-another',
  'notice-of-another',
] as const;

const ofOwners: ReadonlySet<string> = new Set(ownersRefusalsOfRight);

/**
 * Why a request was refused, as the ledger learns it, where the refusal is one of a right: of who asks, or of an attempt at what is
 * somebody else's.
 *
 * @param code with which the door answers
 * @returns `undefined` for everything else: mistakes of form, what is not there, overload, defects.
 */
export function refusedRight(error: unknown, code: string): string | undefined {
  if (error instanceof TrustError) return error.code;
  if (error instanceof MemberSuspended) return code;
  if (error instanceof OwnerProblem) {
    const tried = error.attempt ?? error.code;
    return ofOwners.has(tried) ? tried : undefined;
  }
  if (!(error instanceof OutcomeError)) return undefined;
  return error.attempt ?? (outcomesOfRight.has(code) ? code : undefined);
}
