// Automatic disabling of unused accounts: NIST SP 800-53 AC-2(3); two authenticators, so that losing one locks nobody out: SP 800-63B, 6.1.2.
import type { PersonStatus } from './person.entity.js';

export const DORMANT_AFTER_DAYS = 90;
export const AUTHENTICATORS_WANTED = 2;

const DAY_MS = 86_400_000;

/** Why somebody may not sign in, as the ledger learns it. */
export type SignInRefusal = 'person-unknown' | 'account-disabled' | 'account-dormant';

export interface AccountState {
  readonly status: PersonStatus;
  readonly lastActiveAt: Date;
  /** Authenticators that may be used. */
  readonly authenticators: number;
}

/** Whether nobody has used an account for ninety days: whoever holds its keys now may not be who was given them. */
export const isDormant = (lastActiveAt: Date, now: Date): boolean =>
  now.getTime() - lastActiveAt.getTime() >= DORMANT_AFTER_DAYS * DAY_MS;

/**
 * Decides what a passkey that was verified opens.
 *
 * `enrol`: no token, but the page where a second passkey is registered; with one alone, losing it would mean a recovery.
 */
export function decideSignIn(account: AccountState | undefined, now: Date): 'permit' | 'enrol' | SignInRefusal {
  if (account === undefined) return 'person-unknown';
  if (account.status === 'disabled') return 'account-disabled';
  if (isDormant(account.lastActiveAt, now)) return 'account-dormant';
  return account.authenticators < AUTHENTICATORS_WANTED ? 'enrol' : 'permit';
}
