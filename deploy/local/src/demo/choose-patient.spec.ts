import type { Patient } from '@medplum/fhirtypes';

import type { SimulatedHospital } from '../exchange/hospitals.js';
import { patientOfCharts } from './choose-patient.js';

/** A patient under a hospital's own number. */
const person = (family: string, id: string): Patient => ({
  ...{ resourceType: 'Patient', id, birthDate: '1957-03-14' },
  name: [{ family, given: ['Example'] }],
});

type Held = Readonly<Record<string, readonly [allergies: number, medications: number]>>;

/** A hospital with what it holds of each person, by family name. */
function chart(id: string, held: Held) {
  const patients = Object.keys(held).map((family) => person(family, `${id}-${family}`));
  const counts = (at: 0 | 1) =>
    new Map(Object.entries(held).map(([family, both]) => [`${id}-${family}`, both[at]] as const));
  return { hospital: { id } as SimulatedHospital, patients, allergies: counts(0), medications: counts(1) };
}

describe(patientOfCharts.name, () => {
  const chosen = (...charts: ReturnType<typeof chart>[]) => {
    const found = patientOfCharts(charts);
    if (found === undefined) return undefined;
    const { chart: at, patient, allergies, medications } = found;
    return [patient.name?.[0]?.family, at.hospital.id, allergies.hospital.id, medications.hospital.id];
  };

  it('takes the person with most allergies at one hospital, medications at another, and arrives at a third', () => {
    const few: Held = { Ames: [2, 0], Bell: [5, 0] };
    expect(
      chosen(chart('a', { Ames: [0, 0], Bell: [0, 0] }), chart('b', few), chart('c', { Ames: [0, 3], Bell: [0, 1] })),
    ).toEqual(['Bell', 'a', 'b', 'c']);
  });

  it.each<[string, ReturnType<typeof chart>[]]>([
    ['allergies and medications lie at one hospital', [chart('a', { Ames: [0, 0] }), chart('b', { Ames: [2, 2] })]],
    ['there are no medications', [chart('a', { Ames: [0, 0] }), chart('b', { Ames: [2, 0] }), chart('c', {})]],
    ['every hospital holds some of it', [chart('b', { Ames: [2, 0] }), chart('c', { Ames: [0, 1] })]],
    [
      'the hospitals know different people',
      [chart('a', { Ames: [0, 0] }), chart('b', { Bell: [2, 0] }), chart('c', { Bell: [0, 1] })],
    ],
    ['nobody is loaded', [chart('a', {}), chart('b', {})]],
  ])('takes nobody where %s', (_why, charts) => {
    expect(chosen(...charts)).toBeUndefined();
  });
});
