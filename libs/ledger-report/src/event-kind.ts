import type { AuditEvent, Coding } from '@medplum/fhirtypes';

import { eventCodes as codes } from './event-codes.js';
import { type EntryOutcome, entryOutcomes, type RecordedEntry, textDetail } from './recorded-entry.js';

/** What an entry is in the words of FHIR and DICOM. */
export interface EventKind {
  readonly type: Coding;
  readonly subtypes: readonly Coding[];
  readonly action: NonNullable<AuditEvent['action']>;
  /** Which agents take part, in which roles. */
  readonly roles: 'asks' | 'discloses' | 'decides' | 'acts';
}

const asks = (action: EventKind['action'], type: Coding, ...subtypes: Coding[]): EventKind => ({
  ...{ type, subtypes, action },
  roles: 'asks',
});
const acts = (action: EventKind['action'], type: Coding, ...subtypes: Coding[]): EventKind => ({
  ...{ type, subtypes, action },
  roles: 'acts',
});

/** An answer that holds nothing of anybody is a search that was answered, and not an export. */
const answeredWithNothing = asks('E', codes.rest, codes.search);

/**
 * Every action that a service tells the ledger of. Adding one to a service means adding it here; a test of the repository compares.
 *
 * By BALP: a query is type `rest`, action E; a disclosure is type Export, action R; a decision is a Security Alert, action E. What HL7
 * and IHE have no pattern for takes DICOM's nearest event.
 */
export const auditActions: Readonly<Record<string, EventKind>> = {
  'query.requested': asks('E', codes.rest, codes.search),
  'query.failed': asks('E', codes.rest, codes.search),
  'patient.identified': asks('E', codes.query, codes.operation),
  'disclosure.decided': { type: codes.securityAlert, subtypes: [codes.decidedByRole], action: 'E', roles: 'decides' },
  'records.located': asks('E', codes.query),
  'answer.assembled': { type: codes.export, subtypes: [codes.disclose], action: 'R', roles: 'discloses' },
  'answer.read': { type: codes.export, subtypes: [codes.disclose], action: 'R', roles: 'discloses' },
  'answer.withheld': asks('E', codes.rest, codes.search),
  'request.refused': acts('E', codes.securityAlert, codes.restrictedFunction),
  'message.refused': acts('E', codes.securityAlert, codes.nodeAuthentication),
  'message.replayed': asks('E', codes.securityAlert, codes.restrictedFunction),
  'token.issued': acts('E', codes.userAuthentication, codes.getAccessToken),
  'token.refused': acts('E', codes.userAuthentication, codes.getAccessToken),
  'consent.filed': asks('C', codes.rest, codes.create),
  'records.registered': asks('U', codes.rest, codes.batch),
  'member.registered': asks('C', codes.securityAlert, codes.securityRoles),
  'member.suspended': asks('U', codes.securityAlert, codes.securityRoles),
  'member.resumed': asks('U', codes.securityAlert, codes.securityRoles),
  'client.registered': acts('C', codes.securityAlert, codes.securityRoles),
  'client.changed': acts('U', codes.securityAlert, codes.securityRoles),
  'client.cancelled': acts('D', codes.securityAlert, codes.securityRoles),
  'registration.refused': acts('E', codes.securityAlert, codes.restrictedFunction),
  'client-key.added': asks('U', codes.securityAlert, codes.objectSecurity),
  'client-key.withdrawn': asks('U', codes.securityAlert, codes.objectSecurity),
  'ledger.searched': asks('R', codes.auditLogUsed),
  'case.opened': asks('C', codes.auditLogUsed),
  'case.assigned': asks('U', codes.auditLogUsed),
  'case.commented': asks('U', codes.auditLogUsed),
  'case.closed': asks('U', codes.auditLogUsed),
  'case.read': asks('R', codes.auditLogUsed),
  'disclosures.accounted': asks('R', codes.auditLogUsed),
  'patient.erased': asks('D', codes.securityAlert, codes.objectSecurity),
  'erasure.refused': asks('D', codes.securityAlert, codes.objectSecurity),
  'patient-key.handed-out': asks('R', codes.securityAlert, codes.objectSecurity),
  'hold.placed': asks('U', codes.securityAlert, codes.objectSecurity),
  'hold.lifted': asks('U', codes.securityAlert, codes.objectSecurity),
  'record.retracted': asks('D', codes.rest, codes.delete),
  'record.linked': asks('U', codes.rest, codes.update),
  'record.unlinked': asks('U', codes.rest, codes.update),
  'persons.merged': asks('U', codes.rest, codes.update),
  'persons.unmerged': asks('U', codes.rest, codes.update),
  'person.read': asks('R', codes.query, codes.operation),
  'review.read': asks('R', codes.query, codes.operation),
  'review.decided': asks('U', codes.rest, codes.update),
  'model.registered': acts('C', codes.applicationActivity),
  'model.promoted': acts('U', codes.applicationActivity),
  'keys.changed': acts('U', codes.securityAlert, codes.objectSecurity),
  'keys.rewrapped': acts('U', codes.securityAlert, codes.objectSecurity),
  'glass.broken': asks('C', codes.securityAlert, codes.emergencyOverride),
  'glass.read': asks('R', codes.auditLogUsed),
  'notice.issued': acts('C', codes.securityAlert, codes.emergencyOverride),
  'notice.acknowledged': asks('U', codes.securityAlert, codes.emergencyOverride),
  'person.signed-in': acts('E', codes.userAuthentication),
  'person.signed-out': acts('E', codes.userAuthentication, codes.logout),
  'sign-in.refused': acts('E', codes.userAuthentication),
  'enrolment.opened': acts('E', codes.userAuthentication),
  'enrolment.refused': acts('E', codes.userAuthentication),
  'recovery.requested': acts('E', codes.userAuthentication),
  'recovery.approved': acts('E', codes.userAuthentication),
  'recovery.used': acts('E', codes.userAuthentication),
  'authenticator.added': acts('U', codes.securityAlert, codes.objectSecurity),
  'person.invited': acts('C', codes.securityAlert, codes.securityRoles),
  'person.enrolled': acts('U', codes.securityAlert, codes.securityRoles),
  'person.enabled': acts('U', codes.securityAlert, codes.securityRoles),
  'person.disabled': acts('U', codes.securityAlert, codes.securityRoles),
  'person.role-granted': acts('U', codes.securityAlert, codes.securityRoles),
  'person.role-withdrawn': acts('U', codes.securityAlert, codes.securityRoles),
  'ledger.shard-closed': acts('E', codes.applicationActivity),
  'ledger.shard-opened': acts('E', codes.applicationActivity),
  'ledger.shard-dropped': asks('D', codes.securityAlert, codes.objectSecurity),
  'ledger.rows-missing': acts('E', codes.securityAlert),
  'ledger.rows-changed': acts('E', codes.securityAlert),
  'ledger.entry-forged': acts('E', codes.securityAlert),
  'ledger.gap-found': acts('E', codes.securityAlert, codes.recordingStopped),
};

/** An action that this version does not know: an entry is shown, whoever wrote it. */
const unknownAction = acts('E', codes.applicationActivity);

/** What an entry is. */
export function eventKindOf(entry: Pick<RecordedEntry, 'action' | 'outcome' | 'purpose' | 'details'>): EventKind {
  const kind = kindOfAction(entry.action, entry.outcome);
  const subtypes = [
    ...(kind.roles === 'decides' && textDetail(entry, 'consentVersion') !== undefined
      ? [codes.decidedByConsent]
      : kind.subtypes),
    ...(entry.action === 'query.requested' && entry.purpose === 'BTG' ? [codes.emergencyOverride] : []),
  ];
  return { ...kind, subtypes };
}

function kindOfAction(action: string, outcome: string): EventKind {
  if ((action === 'answer.assembled' || action === 'answer.read') && outcome !== 'success') return answeredWithNothing;
  return Object.hasOwn(auditActions, action) ? (auditActions[action] ?? unknownAction) : unknownAction;
}

/** An action with one of its outcomes, as the projection finds entries. */
export interface ActionAndOutcome {
  readonly action: string;
  readonly outcome: EntryOutcome;
}

/**
 * The actions and outcomes whose events are of a kind, for searches by type and action. The subtypes that details decide
 * (`AuthZ-Consent`, an emergency override) count for their actions, because a projection can't look into details.
 */
export function actionsOfKind(isWanted: (kind: EventKind) => boolean): readonly ActionAndOutcome[] {
  return Object.keys(auditActions).flatMap((action) =>
    entryOutcomes.filter((outcome) => isWanted(widestKind(action, outcome))).map((outcome) => ({ action, outcome })),
  );
}

function widestKind(action: string, outcome: EntryOutcome): EventKind {
  const kind = kindOfAction(action, outcome);
  const more = kind.roles === 'decides' ? [codes.decidedByConsent] : [];
  return { ...kind, subtypes: [...kind.subtypes, ...more] };
}
