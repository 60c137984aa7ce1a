import type { Demographics, Query } from '@hie/contracts';
import { type FlatRecord, population } from '@hie/population';

/** One record of a hospital as the index stores it, and whose it truly is. */
export interface BenchRecord {
  readonly memberId: string;
  readonly person: string;
  readonly content: {
    readonly identifier: { readonly system: string; readonly value: string };
    readonly demographics: Demographics;
  };
}

export const HOSPITALS = 8;
const SEED = 23;
const SSN = 'http://hl7.org/fhir/sid/us-ssn';

/** The member that a record's hospital is in this benchmark. */
export const memberOf = (source: string): string =>
  `m-${source.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`.slice(0, 60);
export const systemOf = (memberId: string): string => `urn:hie-bench:${memberId}`;

/** All records of so many people, one person after another. Constant memory. */
export function* recordsOf(people: number, seed = SEED): Generator<BenchRecord> {
  for (const flat of population({ seed, people, hospitals: HOSPITALS }).records()) yield recordOf(flat);
}

function recordOf(flat: FlatRecord): BenchRecord {
  const memberId = memberOf(flat.source);
  const identifier = { system: systemOf(memberId), value: flat.mrn };
  const given = [flat.given, flat.middle].filter(isThere);
  const address = {
    ...present('street', flat.street),
    ...present('unit', flat.unit),
    ...present('city', flat.city),
    ...present('state', flat.state),
    ...present('postalCode', flat.postalCode),
  };
  return {
    memberId,
    person: flat.person_id,
    content: {
      identifier,
      demographics: {
        given,
        family: [flat.family].filter(isThere),
        ...present('suffix', flat.suffix),
        furtherNames: [],
        ...present('birthDate', flat.birthDate),
        ...(flat.sex === 'female' || flat.sex === 'male' ? { sex: flat.sex } : {}),
        phones: [flat.phone].filter(isThere),
        emails: [flat.email].filter(isThere),
        addresses: Object.keys(address).length === 0 ? [] : [address],
        identifiers: [identifier, ...(isThere(flat.ssnLast4) ? [{ system: SSN, value: flat.ssnLast4 }] : [])],
      },
    },
  };
}

/** What another hospital asks about the patient of a record: everything it has written down but its own number. */
export const questionAbout = ({ memberId, content }: BenchRecord): Query => ({
  operation: 'match',
  kinds: [],
  stages: ['critical'],
  patient: {
    demographics: {
      ...content.demographics,
      identifiers: content.demographics.identifiers.filter(({ system }) => system === SSN),
    },
  },
  requester: { memberId, clientId: `${memberId}-emr` },
  match: { onlyCertain: false, count: 5 },
});

/** The record as its hospital feeds it. */
export function patientOf({ content: { demographics } }: BenchRecord): object {
  const { given, family, birthDate, sex, phones, emails, addresses, suffix } = demographics;
  return {
    resourceType: 'Patient',
    identifier: demographics.identifiers,
    name: [{ given, ...present('family', family[0]), ...(suffix === undefined ? {} : { suffix: [suffix] }) }],
    ...present('birthDate', birthDate),
    ...present('gender', sex),
    telecom: [
      ...phones.map((value) => ({ system: 'phone', value })),
      ...emails.map((value) => ({ system: 'email', value })),
    ],
    address: addresses.map(({ street, unit, city, state, postalCode }) => ({
      line: [street, unit].filter(isThere),
      ...present('city', city),
      ...present('state', state),
      ...present('postalCode', postalCode),
    })),
  };
}

const isThere = (value: string | undefined): value is string => value !== undefined && value !== '';

const present = <K extends string>(name: K, value: string | undefined): Partial<Record<K, string>> =>
  isThere(value) ? ({ [name]: value } as Record<K, string>) : {};
