// Authentication strength: NIST SP 800-63B AAL2; `amr` by RFC 8176; step-up by RFC 9470 and OpenID Connect `max_age`.
import { TrustError } from './errors.js';
import type { Role } from './role.js';
import type { TransactionClaims } from './transaction-token.js';

/** Two factors in one sign-in: a passkey with user verification. The only class this exchange takes from people. */
export const PERSON_ACR = 'urn:hie:aal2';

/** A sign-in counts for a working day. */
export const MAX_SIGN_IN_AGE_S = 12 * 3600;
/** What may do harm at once wants the person here and now. */
export const STEP_UP_MAX_AGE_S = 300;

const CLOCK_TOLERANCE_S = 5;

/** How a person signed in, as the access token proves it. */
export interface SignedInPerson {
  readonly acr: string;
  readonly amr: readonly string[];
  /** When the ceremony took place, seconds since the epoch. */
  readonly authTimeS: number;
  readonly roles: readonly Role[];
  /** The one patient that a patient or a proxy may ask about. */
  readonly patient?: AccountPatient;
}

/** The patient of an account, as the account's member knows them. */
export interface AccountPatient {
  /** The member's handle of the patient: the id of `Patient/…` at the gateway. */
  readonly handle: string;
  /** When a proxy's right ends, seconds since the epoch; from then on it opens nothing, whatever a token says. */
  readonly untilS?: number;
}

/** Which people a route serves, beside the systems it serves. A route without a policy serves no person. */
export interface PersonPolicy {
  /** Any one of these roles is enough. */
  readonly roles: readonly Role[];
  /** Why the sign-in must be fresh: what the route does. */
  readonly stepUp?: StepUpReason;
  /** A human decides here: no system is served, whatever it was granted and whomever it names as acting. */
  readonly peopleAlone?: true;
}

/** What asks for a sign-in of the last five minutes. */
export type StepUpReason =
  | 'break-glass'
  | 'export'
  | 'consent-override'
  | 'key-change'
  | 'role-change'
  | 'identity-change'
  | 'erasure'
  | 'message-replay'
  | 'case-review';

/**
 * Decides whether a route serves a person who signed in like this, or a system, which nobody has signed in to.
 *
 * A system has keys and no roles: it passes wherever people are not asked for alone. The name of a person that it gives is no person here.
 *
 * @param person absent for a system
 * @throws TrustError `person-required` for a system where people alone are served; for a person `person-not-served` (the route has no policy
 *   for people), `assurance-too-low`, `sign-in-too-old`, `role-missing`, `step-up-required`, in this order: who has not proven who they are
 *   learns nothing of what a role would open.
 */
export function checkPerson(policy: PersonPolicy | undefined, person: SignedInPerson | undefined, nowMs: number): void {
  if (person === undefined) {
    if (policy?.peopleAlone === true) throw new TrustError('person-required', 'token');
    return;
  }
  if (policy === undefined) throw new TrustError('person-not-served', 'token');
  if (!isStrong(person)) throw new TrustError('assurance-too-low', 'token');
  const ageS = Math.floor(nowMs / 1000) - person.authTimeS;
  // A sign-in of the future is a clock that lies, and no proof of presence.
  if (ageS < -CLOCK_TOLERANCE_S || ageS > MAX_SIGN_IN_AGE_S) throw new TrustError('sign-in-too-old', 'token');
  if (!policy.roles.some((role) => person.roles.includes(role))) throw new TrustError('role-missing', 'authority');
  if (policy.stepUp !== undefined && ageS > STEP_UP_MAX_AGE_S) throw new TrustError('step-up-required', 'authority');
}

/**
 * The person behind a transaction, who has signed in by the gateway's word; a system may name whom it likes as acting for it, and is nobody.
 *
 * For whatever counts people: that two have said so, or that it was not the one whom it is about.
 */
export const signedInPersonOf = ({ tctx, rctx }: Pick<TransactionClaims, 'tctx' | 'rctx'>): string | undefined =>
  rctx.acr === PERSON_ACR ? tctx.user : undefined;

/** The class says two factors, and the methods say which: a held key, and a verified user. */
function isStrong({ acr, amr }: SignedInPerson): boolean {
  return acr === PERSON_ACR && amr.includes('mfa') && (amr.includes('hwk') || amr.includes('swk'));
}
