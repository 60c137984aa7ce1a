import { type Address, type ContactPoint, type HumanName, type Patient } from '@medplum/fhirtypes';

import { isoDate } from '../calendar.js';
import { type Person } from '../people/person.js';
import { type Hospital } from '../registration/hospital.js';
import { type RecordedDemographics } from '../registration/recorded.js';
import { type Registration } from '../registration/registration.js';
import { metaOf } from './context.js';

const GENDER: Readonly<Record<string, Patient['gender']>> = { F: 'female', M: 'male', U: 'unknown' };
const IDENTIFIER_TYPE = 'http://terminology.hl7.org/CodeSystem/v2-0203';

/**
 * The Patient resource of a registration, US Core 6.1.0 shaped: what the hospital has written down, under its own identifier.
 *
 * The last four digits of the SSN travel as real feeds send them: an identifier of type SS under the SSN's system, the rest masked
 * (`xxx-xx-4471`).
 */
export function patientResource(
  hospital: Hospital,
  mrn: string,
  recorded: RecordedDemographics,
  registration: Registration,
  person: Person,
): Patient {
  const address = addressOf(recorded);
  const telecom = telecomOf(recorded);
  return {
    resourceType: 'Patient',
    id: mrn,
    meta: metaOf('us-core-patient', isoDate(registration.confirmedOn)),
    identifier: [
      {
        use: 'official',
        type: { coding: [{ system: IDENTIFIER_TYPE, code: 'MR', display: 'Medical record number' }] },
        system: hospital.identifierSystem,
        value: mrn,
      },
      ...(recorded.ssnLast4 === '' ? [] : [ssnLast4Of(recorded.ssnLast4)]),
    ],
    active: true,
    name: [nameOf(recorded)],
    ...(telecom.length > 0 ? { telecom } : {}),
    gender: GENDER[recorded.sex] ?? 'unknown',
    ...(recorded.birthDate === '' ? {} : { birthDate: recorded.birthDate }),
    ...(person.deathDay !== undefined && person.deathDay <= registration.confirmedOn
      ? { deceasedDateTime: isoDate(person.deathDay) }
      : {}),
    ...(address ? { address: [address] } : {}),
    managingOrganization: { reference: 'Organization/org', display: hospital.name },
  };
}

const ssnLast4Of = (last4: string): NonNullable<Patient['identifier']>[number] => ({
  type: { coding: [{ system: IDENTIFIER_TYPE, code: 'SS', display: 'Social Security number' }] },
  system: 'http://hl7.org/fhir/sid/us-ssn',
  value: `xxx-xx-${last4}`,
});

function nameOf({ given, middle, family, suffix }: RecordedDemographics): HumanName {
  const givens = [given, middle].filter((name) => name !== '');
  return {
    use: 'official',
    ...(family === '' ? {} : { family }),
    ...(givens.length > 0 ? { given: givens } : {}),
    ...(suffix === '' ? {} : { suffix: [suffix] }),
  };
}

function telecomOf({ phone, email }: RecordedDemographics): ContactPoint[] {
  return [
    ...(phone === '' ? [] : [{ system: 'phone', value: phone, use: 'home' } as const]),
    ...(email === '' ? [] : [{ system: 'email', value: email } as const]),
  ];
}

function addressOf({ street, unit, city, state, postalCode }: RecordedDemographics): Address | undefined {
  const line = [street, unit].filter((part) => part !== '');
  if (line.length === 0 && city === '' && postalCode === '') return undefined;
  return {
    use: 'home',
    ...(line.length > 0 ? { line } : {}),
    ...(city === '' ? {} : { city }),
    ...(state === '' ? {} : { state }),
    ...(postalCode === '' ? {} : { postalCode }),
    country: 'US',
  };
}
