import type { Demographics } from '@hie/contracts';
import type { PatientRecord } from '@hie/matching-engine';

/** A member's record as the index keeps it. */
export interface StoredRecord {
  /** The member's own identifier for the patient. */
  readonly identifier: { readonly system: string; readonly value: string };
  /** The Patient's id at the member's FHIR server, where the feed told it. */
  readonly patientId?: string;
  readonly demographics: Demographics;
}

const SSN_SYSTEMS = new Set(['http://hl7.org/fhir/sid/us-ssn', 'urn:oid:2.16.840.1.113883.4.1']);

/** Demographics in the form the match engine reads. A member's local identifiers say nothing about any other member's. */
export function matchRecordOf(demographics: Demographics): PatientRecord {
  const { given, family, suffix, furtherNames, birthDate, sex, addresses, phones, emails, identifiers } = demographics;
  const isNational = ({ system }: { readonly system: string }) => SSN_SYSTEMS.has(system);
  const [current, ...former] = family;
  return {
    names: [
      { ...givenParts(given), family: current, suffix },
      ...furtherNames.map((name) => ({ ...givenParts(name.given), family: name.family })),
      ...former.map((name) => ({ ...givenParts(given), family: name })),
    ],
    birthDates: birthDate === undefined ? [] : [birthDate],
    sex,
    addresses: addresses.map((address) => ({ ...address })),
    phones,
    emails,
    nationalIds: identifiers.filter(isNational).map(({ value }) => value),
    identifiers: identifiers.filter((identifier) => !isNational(identifier)),
  };
}

const givenParts = ([first, ...middle]: readonly string[]) => ({ given: first, middle: middle.join(' ') });
