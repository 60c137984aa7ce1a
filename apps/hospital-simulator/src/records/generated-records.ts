import { type Population } from '@hie/population';

import { type MemberRecords } from './member-records.js';

const MRN_LENGTH = 8;

/** The records of each hospital of a generated population, in their order: each part is made when asked for. */
export function generatedRecords(population: Population): readonly MemberRecords[] {
  // Local numbers only: 4 bytes a registration instead of a Patient each.
  const numbers = population.hospitals.map((): number[] => []);
  for (const { hospital, mrn } of population.mrns()) numbers[hospital]?.push(Number(mrn));
  return numbers.map((ids, hospital) => recordsOf(population, hospital, Uint32Array.from(ids)));
}

function recordsOf(population: Population, hospital: number, ids: Uint32Array): MemberRecords {
  const asId = (id: number): string => String(id).padStart(MRN_LENGTH, '0');
  return {
    patientCount: ids.length,
    *patientIds() {
      for (const id of ids) yield asId(id);
    },
    *columns() {
      for (const registration of population.registrationsOf(hospital)) {
        const { family, given, birthDate } = population.recorded(registration);
        yield { id: population.mrn(registration), family, given, birthDate };
      }
    },
    patient: (id) => {
      const registration = population.locate(hospital, id);
      return registration && population.patient(registration);
    },
    chart: (id) => {
      const registration = population.locate(hospital, id);
      return registration && population.chart(registration);
    },
    patientOf: (_type, id) => (id.length > MRN_LENGTH && id[MRN_LENGTH] === '-' ? id.slice(0, MRN_LENGTH) : undefined),
    shared: population.hospitalResources(hospital),
  };
}
