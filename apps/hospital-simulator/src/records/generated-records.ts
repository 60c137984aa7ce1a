import { type Population, type Registration } from '@hie/population';

import { type MemberRecords } from './member-records.js';

const MRN_LENGTH = 8;

/** The records of one hospital of a generated population: each part is made when asked for. */
export function generatedRecords(population: Population, hospital: number): MemberRecords {
  // Local numbers only: 4 bytes a registration instead of a Patient each.
  const ids = Uint32Array.from(registrationsOf(population, hospital), (registration) =>
    Number(population.mrn(registration)),
  );
  const asId = (id: number): string => String(id).padStart(MRN_LENGTH, '0');
  return {
    patientCount: ids.length,
    *patientIds() {
      for (const id of ids) yield asId(id);
    },
    *columns() {
      for (const registration of registrationsOf(population, hospital)) {
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

function registrationsOf(population: Population, hospital: number): Iterable<Registration> {
  return population.registrationsOf(hospital);
}
