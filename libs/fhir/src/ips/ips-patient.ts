import type { Patient } from '@medplum/fhirtypes';

import { patientFromDemographics, type PatientDemographics } from '../demographics/patient-from-demographics.js';
import { notKnown } from './document-entry.js';
import { date, fitted } from './strict-shape.js';

/**
 * The one Patient of a summary (Patient-uv-ips): made of what the exchange knows of the person, never a member's record. A name and a birth
 * date are required; where nobody knows them they are there as not known.
 */
export function ipsPatient(id: string, demographics: PatientDemographics): Patient {
  const { birthDate, ...patient } = patientFromDemographics(demographics, id);
  const born = fitted(birthDate, date) as string | undefined;
  return {
    ...patient,
    name: patient.name ?? [{ text: 'Name not known' }],
    ...(born === undefined ? { _birthDate: notKnown } : { birthDate: born }),
  } as Patient;
}
