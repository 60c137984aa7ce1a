import type { InvitationKind } from './invitation.entity.js';

/** What decides whether a code opens anything. */
export interface InvitationState {
  readonly kind: InvitationKind;
  readonly issuedBy: string;
  readonly approvedBy: string | null;
  readonly usableAt: Date | null;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
}

export type InvitationRefusal =
  'invitation-unknown' | 'invitation-used' | 'invitation-expired' | 'invitation-not-approved' | 'invitation-not-yet';

/** Decides whether a code opens enrolment now. Which refusal it was is for the ledger; the page says one thing for all. */
export function decideInvitation(invitation: InvitationState | undefined, now: Date): 'permit' | InvitationRefusal {
  if (invitation === undefined) return 'invitation-unknown';
  if (invitation.usedAt !== null) return 'invitation-used';
  if (now >= invitation.expiresAt) return 'invitation-expired';
  if (invitation.usableAt === null) return 'invitation-not-approved';
  return now < invitation.usableAt ? 'invitation-not-yet' : 'permit';
}

export type ApprovalRefusal = 'own-access' | 'same-administrator' | 'already-approved' | 'recovery-expired';

/**
 * Decides whether an administrator may approve a recovery: a second one, and never the person it is for (ATTACKS G3).
 *
 * @param approver who approves, by person id or by client id
 */
export function decideApproval(
  recovery: InvitationState & { readonly personId: string },
  approver: string,
  now: Date,
): 'permit' | ApprovalRefusal {
  if (approver === recovery.personId) return 'own-access';
  if (approver === recovery.issuedBy) return 'same-administrator';
  if (recovery.approvedBy !== null) return 'already-approved';
  return now >= recovery.expiresAt ? 'recovery-expired' : 'permit';
}
