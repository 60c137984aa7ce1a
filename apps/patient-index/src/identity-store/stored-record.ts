import type { Demographics } from '@hie/contracts';
import type { PatientRecord } from '@hie/matching-engine';

import { type DemographicsOverTime, type FormerValues, demographicsOverTime } from './former-values.js';
import { authorityOf } from './identifier-authority.js';

type Identifier = Demographics['identifiers'][number];

/** A member's record as the index keeps it. */
export interface StoredRecord {
  /** The member's own identifier for the patient. */
  readonly identifier: { readonly system: string; readonly value: string };
  /** The Patient's id at the member's FHIR server, where the feed told it. */
  readonly patientId?: string;
  /** The feed says that the name stands in for one not known. */
  readonly temporary?: true;
  readonly deceased?: true;
  /** The member's own number that has taken this one's place. */
  readonly replacedBy?: { readonly system: string; readonly value: string };
  readonly demographics: Demographics;
  /** What the feed said of the same patient before. Not of the feed's own words: `asFed`. */
  readonly former?: FormerValues;
}

/**
 * A stored record in the form the match engine reads, with its former values. Its own number is the one it was fed under, which no other record
 * has.
 */
export const storedMatchRecord = (record: StoredRecord): PatientRecord =>
  matchRecordOf(
    demographicsOverTime(record),
    ({ system, value }) => system === record.identifier.system && value === record.identifier.value,
  );

/**
 * Demographics in the form the match engine reads.
 *
 * Of the identifiers only those are compared that one authority gives to one person: a government's, and the member's own number
 * (`isOwn`). What else a member sends along (account and family numbers, other members' numbers copied by hand) proves nothing, however
 * often it agrees: docs/adr/0020.
 */
export function matchRecordOf(
  demographics: Demographics | DemographicsOverTime,
  isOwn: (id: Identifier) => boolean,
): PatientRecord {
  const { given, family, suffix, furtherNames, birthDate, sex, addresses, phones, emails, identifiers } = demographics;
  const [current, ...former] = family;
  return {
    names: [
      { ...givenParts(given), family: current, suffix },
      ...furtherNames.map((name) => ({ ...givenParts(name.given), family: name.family })),
      ...former.map((name) => ({ ...givenParts(given), family: name })),
    ],
    birthDates: birthDate === undefined ? [] : [birthDate].flat(),
    sex,
    addresses: addresses.map((address) => ({ ...address })),
    phones,
    emails,
    nationalIds: identifiers
      .filter(({ system }) => authorityOf(system) === 'social-security')
      .map(({ value }) => value),
    identifiers: identifiers.filter((id) => authorityOf(id.system) === 'government' || isOwn(id)),
  };
}

const givenParts = ([first, ...middle]: readonly string[]) => ({ given: first, middle: middle.join(' ') });
