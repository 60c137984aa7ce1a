// HL7 FHIR R4 AuditEvent: https://hl7.org/fhir/R4/auditevent.html
// IHE Basic Audit Log Patterns 1.1: https://profiles.ihe.net/ITI/BALP/
import { extensions, systems } from '@hie/fhir';
import { ACT_REASON_SYSTEM, isPurpose, purposeDisplay } from '@hie/purpose-of-use';
import type { AuditEvent, CodeableConcept } from '@medplum/fhirtypes';

import { auditAgents, serviceReference } from './audit-agents.js';
import { auditEntities } from './audit-entities.js';
import { applicationServer } from './event-codes.js';
import { eventKindOf } from './event-kind.js';
import { type EntryOutcome, type EntryPlace, placeText, type RecordedEntry } from './recorded-entry.js';

/**
 * AuditEvent.outcome. An empty answer is a success: what was asked was done, and found nothing. A denial is 8, as in BALP's own example of
 * a denied authorization; a refused request is 4, the requester's own fault.
 */
export const outcomeCodes: Readonly<Record<EntryOutcome, '0' | '4' | '8'>> = {
  success: '0',
  empty: '0',
  refused: '4',
  denied: '8',
  failed: '8',
};

const outcomeCodeOf = (outcome: string): '0' | '4' | '8' =>
  Object.hasOwn(outcomeCodes, outcome) ? outcomeCodes[outcome as EntryOutcome] : '8';

/**
 * An entry as FHIR R4 AuditEvent, in the patterns of IHE BALP.
 *
 * It claims no profile of BALP: they want a reference to a Patient, where the ledger knows a pseudonym, and the network address of the
 * client, which entries of before and those that no request caused are without. The patient is an identifier of that pseudonym.
 *
 * @param place where it stands in the log; becomes two extensions, with which anybody can ask for its proof.
 */
export function auditEventOf(entry: RecordedEntry, place?: EntryPlace): AuditEvent {
  const { type, subtypes, action } = eventKindOf(entry);
  const purpose = purposeOf(entry.purpose);
  return {
    resourceType: 'AuditEvent',
    id: entry.eventId,
    ...(place === undefined ? {} : { extension: placeExtensions(place) }),
    type,
    ...(subtypes.length === 0 ? {} : { subtype: [...subtypes] }),
    action,
    recorded: entry.at,
    outcome: outcomeCodeOf(entry.outcome),
    outcomeDesc: entry.reason === undefined ? entry.outcome : `${entry.outcome}: ${entry.reason}`,
    ...(purpose === undefined ? {} : { purposeOfEvent: [purpose] }),
    agent: auditAgents(entry),
    source: { observer: serviceReference(entry.service), type: [applicationServer] },
    entity: auditEntities(entry),
  };
}

/** One purpose as BALP writes it; a code that is none of v3-ActReason (a refused request may bring one) stays text. */
function purposeOf(purpose: string | undefined): CodeableConcept | undefined {
  if (purpose === undefined) return undefined;
  if (!isPurpose(purpose)) return { text: purpose };
  return { coding: [{ system: ACT_REASON_SYSTEM, code: purpose, display: purposeDisplay(purpose) }] };
}

const placeExtensions = ({ leafHash, ...place }: EntryPlace) => [
  { url: extensions.ledgerIndex, valueIdentifier: { system: systems.ledgerIndex, value: placeText(place) } },
  { url: extensions.ledgerLeafHash, valueBase64Binary: base64(leafHash) },
];

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
