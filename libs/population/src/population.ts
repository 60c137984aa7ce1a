import { type Patient, type Resource } from '@medplum/fhirtypes';

import { type Day, parseIsoDate } from './calendar.js';
import { factsOf } from './clinical/facts-of.js';
import { chartResources } from './fhir/chart.js';
import { hospitalResources, practitionerReference } from './fhir/hospital-resources.js';
import { patientResource } from './fhir/patient.js';
import { BLOCK_SIZE } from './people/household-plan.js';
import { peopleOf } from './people/people.js';
import { type Person } from './people/person.js';
import { permutation } from './random/permutation.js';
import { type ErrorRates, errorRates } from './registration/error-rates.js';
import { type FlatRecord } from './registration/flat-record.js';
import { type Hospital, habitsOf, inventHospitals } from './registration/hospital.js';
import { MAX_PEOPLE, localIdentifiers } from './registration/local-identifier.js';
import { recordOf } from './registration/record.js';
import { type RecordedDemographics } from './registration/recorded.js';
import { type Registration, hasDuplicate, hospitalChoice, registrationsAt } from './registration/registration.js';
import { scriptedPeople } from './stories/scripted.js';
import { type Story, storiesOf } from './stories/stories-of.js';

/** What a population is made of. The same options give the same bytes, on every machine and in every version of this file. */
export interface PopulationOptions {
  /** Any 32-bit whole number. */
  readonly seed: number;
  /** 1 to 33,554,432. */
  readonly people: number;
  /** The hospitals, or how many to invent. Their order matters, their names do not. */
  readonly hospitals: number | readonly Hospital[];
  /** The day the population is looked at, `YYYY-MM-DD`; everything that happens, happened before. Default 2026-06-30. */
  readonly asOf?: string;
  /** Multiplies the default error rates: 0 for flawless records, 2 for a hard set. Default 1. */
  readonly errorScale?: number;
  /** Single error rates instead of the scaled defaults. */
  readonly errors?: Partial<ErrorRates>;
  /** Whether the people of the stories take the first indexes. Default true; never with fewer than four hospitals. */
  readonly stories?: boolean;
}

/** A population: nothing of it is stored, each part is made when asked for, and again the same when asked again. */
export interface Population {
  readonly seed: number;
  readonly people: number;
  readonly asOf: Day;
  readonly hospitals: readonly Hospital[];
  /** The true person at an index. @throws RangeError when the index is outside the population. */
  readonly person: (index: number) => Person;
  /** Every registration of a person, by hospital. */
  readonly registrations: (index: number) => readonly Registration[];
  /** Every registration at a hospital (by position), in no telling order; constant memory. */
  readonly registrationsOf: (hospital: number) => Generator<Registration>;
  /** All local numbers, in no telling order and at each hospital in that of `registrationsOf`; makes nobody, so that it is fast. */
  readonly mrns: () => Generator<{ readonly hospital: number; readonly mrn: string }>;
  /** The registration behind a hospital's local number; undefined where it has given out no such number. */
  readonly locate: (hospital: number, mrn: string) => Registration | undefined;
  /** The local number of a registration, unique within its hospital. */
  readonly mrn: (registration: Registration) => string;
  /** What the hospital has written down. */
  readonly recorded: (registration: Registration) => RecordedDemographics;
  /** The hospital's Patient resource (US Core 6.1.0); its id is the local number. */
  readonly patient: (registration: Registration) => Patient;
  /** The hospital's clinical resources about the patient, about twenty for an adult; ids start with the local number. */
  readonly chart: (registration: Registration) => readonly Resource[];
  /** The Organization and Practitioners that a hospital's resources refer to. */
  readonly hospitalResources: (hospital: number) => readonly Resource[];
  /** What the stories' people, where they are part of the population, must and must not bring about. */
  readonly stories: readonly Story[];
  /** All records with truth, person by person; about 2.5 a person. */
  readonly records: () => Generator<FlatRecord>;
  /** One hospital's records with truth, in no telling order. */
  readonly recordsOf: (hospital: number) => Generator<FlatRecord>;
}

/**
 * Makes a population of people who are known to several hospitals, each under other identifiers and slightly other demographics.
 *
 * Memory is constant in the number of people: a person is computed from the index alone.
 *
 * @throws RangeError when an option is out of range, naming it.
 */
export function population(options: PopulationOptions): Population {
  const { seed, people } = options;
  if (!Number.isInteger(seed)) throw new RangeError('seed must be a whole number');
  if (!Number.isInteger(people) || people < 1 || people > MAX_PEOPLE)
    throw new RangeError('people must be 1 to 33554432');
  const hospitals = typeof options.hospitals === 'number' ? inventHospitals(options.hospitals) : options.hospitals;
  if (hospitals.length === 0) throw new RangeError('hospitals must name at least one hospital');
  const asOf = parseIsoDate(options.asOf ?? '2026-06-30');
  const rates = errorRates(options.errorScale, options.errors);
  const habits = hospitals.map((_, position) => habitsOf(seed, position));
  const identifiers = hospitals.map((_, position) => localIdentifiers(seed, position));
  const scripted = scriptedPeople(options.stories === false ? 0 : hospitals.length);
  const personAt = peopleOf(seed, asOf, scripted.people);

  const person = (index: number): Person => {
    if (!Number.isInteger(index) || index < 0 || index >= people)
      throw new RangeError('index is outside the population');
    return personAt(index);
  };
  const at = <T>(list: readonly T[], hospital: number): T => {
    const found = list[hospital];
    if (found === undefined) throw new RangeError('hospital is outside the population');
    return found;
  };

  const hospitalsOf = hospitalChoice(seed, hospitals.length);
  const knownAt = (index: number): readonly number[] =>
    scripted.registrations(index)?.map(({ hospital }) => hospital) ?? hospitalsOf(index);
  const atHospital = (index: number, hospital: number): readonly Registration[] =>
    scripted.registrations(index)?.filter((registration) => registration.hospital === hospital) ??
    registrationsAt(seed, person(index), hospital, at(habits, hospital).updates, asOf);
  const mrn = ({ person: index, hospital, ordinal }: Registration): string =>
    at(identifiers, hospital).mrnOf(index, ordinal);
  const recorded = (registration: Registration): RecordedDemographics =>
    scripted.recorded(registration) ??
    recordOf(seed, person(registration.person), registration, at(habits, registration.hospital), rates);
  const flat = (registration: Registration): FlatRecord => {
    const { id } = at(hospitals, registration.hospital);
    const number = mrn(registration);
    const truth = `P${String(registration.person).padStart(8, '0')}`;
    return { rec_id: `${id}-${number}`, person_id: truth, source: id, mrn: number, ...recorded(registration) };
  };
  const registrations = (index: number): readonly Registration[] =>
    knownAt(index).flatMap((hospital) => atHospital(index, hospital));

  function* registrationsOf(hospital: number): Generator<Registration> {
    for (const index of indexesInNoOrder(seed, people)) {
      if (knownAt(index).includes(hospital)) yield* atHospital(index, hospital);
    }
  }

  const chart = (registration: Registration): readonly Resource[] => {
    const places = registrations(registration.person);
    const facts =
      scripted.facts(registration) ?? factsOf(seed, person(registration.person), registration, places, asOf);
    const patientId = mrn(registration);
    return chartResources(facts, {
      patientId,
      hospitalName: at(hospitals, registration.hospital).name,
      id: (n) => `${patientId}-${n + 1}`,
      practitioner: practitionerReference,
    });
  };

  function* mrns(): ReturnType<Population['mrns']> {
    for (const index of indexesInNoOrder(seed, people)) {
      for (const hospital of knownAt(index)) {
        const { mrnOf } = at(identifiers, hospital);
        yield { hospital, mrn: mrnOf(index, 0) };
        const isTwice = scripted.registrations(index) === undefined && hasDuplicate(seed, index, hospital);
        if (isTwice) yield { hospital, mrn: mrnOf(index, 1) };
      }
    }
  }

  return {
    seed,
    people,
    asOf,
    hospitals,
    person,
    registrations,
    registrationsOf,
    mrns,
    locate: (hospital, number) => {
      const slot = at(identifiers, hospital).locate(number);
      if (slot === undefined || slot.person >= people) return undefined;
      if (!knownAt(slot.person).includes(hospital)) return undefined;
      return atHospital(slot.person, hospital).find(({ ordinal }) => ordinal === slot.ordinal);
    },
    mrn,
    recorded,
    patient: (registration) =>
      patientResource(
        at(hospitals, registration.hospital),
        mrn(registration),
        recorded(registration),
        registration,
        person(registration.person),
      ),
    chart,
    hospitalResources: (hospital) => hospitalResources(at(hospitals, hospital)),
    stories: options.stories === false ? [] : storiesOf(people, hospitals, registrations, mrn),
    *records() {
      for (let index = 0; index < people; index += 1)
        for (const registration of registrations(index)) yield flat(registration);
    },
    *recordsOf(hospital) {
      for (const registration of registrationsOf(hospital)) yield flat(registration);
    },
  };
}

/** All indexes, block by block in a keyed order, so that households are still made once each. */
function* indexesInNoOrder(key: number, people: number): Generator<number> {
  const blocks = Math.ceil(people / BLOCK_SIZE);
  let halfBits = 1;
  while (2 ** (2 * halfBits) < blocks) halfBits += 1;
  const order = permutation(key, halfBits);
  for (let i = 0; i < order.size; i += 1) {
    const block = order.forward(i);
    const last = Math.min(people, (block + 1) * BLOCK_SIZE);
    for (let index = block * BLOCK_SIZE; index < last; index += 1) yield index;
  }
}
