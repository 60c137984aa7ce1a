import { systems } from '@hie/fhir';
import type { AuditEventEntity, AuditEventEntityDetail } from '@medplum/fhirtypes';

import { entityCodes } from './event-codes.js';
import { eventKindOf } from './event-kind.js';
import { type RecordedEntry, textDetail } from './recorded-entry.js';

/** Who and what an event was about: the patient's pseudonym, the consent that was decided by, the transaction, and what the service says of it. */
export function auditEntities(entry: RecordedEntry): AuditEventEntity[] {
  const consent = textDetail(entry, 'consentVersion');
  return [
    ...(entry.patient === undefined ? [] : [patientEntity(entry.patient)]),
    ...(consent === undefined
      ? []
      : [{ what: { type: 'Consent', reference: consent }, type: entityCodes.consent } as AuditEventEntity]),
    ...(entry.txn === undefined ? [] : [transactionEntity(entry.txn)]),
    subjectEntity(entry),
  ];
}

const patientEntity = (pseudonym: string): AuditEventEntity => ({
  what: { type: 'Patient', identifier: { system: systems.ledgerPatient, value: pseudonym } },
  type: entityCodes.person,
  role: entityCodes.patientRole,
});

const transactionEntity = (txn: string): AuditEventEntity => ({
  what: { identifier: { system: systems.transaction, value: txn } },
  type: entityCodes.transaction,
});

/** What was asked, given or done, with the details; the digest names the bytes of a disclosure. */
function subjectEntity(entry: RecordedEntry): AuditEventEntity {
  const { roles } = eventKindOf(entry);
  const role = roles === 'discloses' ? entityCodes.reportRole : roles === 'asks' ? entityCodes.queryRole : undefined;
  const detail = entry.details === undefined ? [DESTROYED] : detailsOf(entry);
  return {
    ...(entry.digest === undefined ? {} : { what: { identifier: { system: systems.digest, value: entry.digest } } }),
    type: entityCodes.systemObject,
    ...(role === undefined ? {} : { role }),
    detail: [{ type: 'action', valueString: entry.action }, ...detail],
  };
}

/** Said in so many words: an entry whose details can't be opened any more must not look like one that had none. */
const DESTROYED: AuditEventEntityDetail = { type: 'details', valueString: 'destroyed' };

function detailsOf({ details = {} }: RecordedEntry): AuditEventEntityDetail[] {
  return Object.entries(details).flatMap(([type, value]) => {
    const text = Array.isArray(value) ? value.join(', ') : String(value);
    return text.trim() === '' ? [] : [{ type, valueString: text }];
  });
}
