import { type InvitationState, decideApproval, decideInvitation } from './decide-invitation.js';

const now = new Date('2026-06-01T12:00:00Z');
const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const enrolment: InvitationState = {
  kind: 'enrolment',
  issuedBy: 'admin-1',
  approvedBy: null,
  usableAt: inHours(-1),
  expiresAt: inHours(47),
  usedAt: null,
};
const recovery = { ...enrolment, kind: 'recovery' as const, usableAt: null, personId: 'owner' };

describe('decideInvitation', () => {
  it.each<[string, InvitationState | undefined, string]>([
    ['a fresh one', enrolment, 'permit'],
    ['none', undefined, 'invitation-unknown'],
    ['one that was used', { ...enrolment, usedAt: inHours(-0.5) }, 'invitation-used'],
    ['one at its very end', { ...enrolment, expiresAt: now }, 'invitation-expired'],
    ['a recovery that nobody has approved', recovery, 'invitation-not-approved'],
    [
      'an approved recovery, a moment before its delay is over',
      { ...recovery, usableAt: new Date(now.getTime() + 1) },
      'invitation-not-yet',
    ],
    ['an approved recovery, after it', { ...recovery, approvedBy: 'admin-2', usableAt: now }, 'permit'],
  ])('of %s', (_name, invitation, expected) => {
    expect(decideInvitation(invitation, now)).toBe(expected);
  });
});

describe('decideApproval', () => {
  it.each<[string, Partial<InvitationState>, string, string]>([
    ['a second administrator', {}, 'admin-2', 'permit'],
    ['the first, again', {}, 'admin-1', 'same-administrator'],
    ['the person whose recovery it is', {}, 'owner', 'own-access'],
    ['the person, who also asked for it', { issuedBy: 'owner' }, 'owner', 'own-access'],
    ['a third, after the second', { approvedBy: 'admin-2' }, 'admin-3', 'already-approved'],
    ['a second, too late', { expiresAt: now }, 'admin-2', 'recovery-expired'],
  ])('by %s', (_name, over, approver, expected) => {
    expect(decideApproval({ ...recovery, ...over }, approver, now)).toBe(expected);
  });
});
