import { type Day } from '../calendar.js';
import { type Person } from '../people/person.js';
import { type Random, below, between, chance, decisionKey, fraction, mix, randomFor } from '../random/random.js';
import { draw, weighted } from '../random/weighted.js';

/** One record of one person at one hospital, before anybody has mistyped it. */
export interface Registration {
  readonly person: number;
  /** Position of the hospital in the population's list. */
  readonly hospital: number;
  /** 0 for the person's record at this hospital, 1 for a duplicate that the desk did not notice. */
  readonly ordinal: 0 | 1;
  readonly registeredOn: Day;
  /** The last day on which the demographics were confirmed: what is recorded is what was true then. */
  readonly confirmedOn: Day;
  /** Registered by the delivery ward before the child had a name, and never confirmed since. */
  readonly asNewborn: boolean;
}

/** Days back from `asOf` in which a hospital's present system has registered people: 14 years. */
export const REGISTRATION_SPAN_DAYS = 14 * 365;

const KNOWN_AT = decisionKey('known at');
const REGISTERED = decisionKey('registered');

// How many hospitals know a person: most one or two, one person in seventeen five; 2.28 on average.
const SPREAD = weighted<readonly [number, number]>(
  [
    [1, 34],
    [2, 28],
    [3, 20],
    [4, 12],
    [5, 6],
  ],
  ([, share]) => share,
);
const DUPLICATE = 0.1;

/** Tells which hospitals know a person, as positions in ascending order. */
export type HospitalsOf = (person: number) => readonly number[];

/**
 * The hospitals that know a person: one to five of them, fewer where there are fewer.
 *
 * Needs nothing but the index. Each neighbourhood (64 indexes) has its preferred hospitals, so that households meet at the same ones; its
 * weights are kept until another neighbourhood is asked for.
 */
export function hospitalChoice(seed: number, hospitalCount: number): HospitalsOf {
  const weights = new Float64Array(hospitalCount);
  const left = new Float64Array(hospitalCount);
  let weighed = -1;
  let sum = 0;

  return (person) => {
    const block = Math.floor(person / 64);
    if (block !== weighed) {
      weighed = block;
      sum = 0;
      for (let hospital = 0; hospital < hospitalCount; hospital += 1)
        sum += weights[hospital] = pull(mix(seed, block), hospital);
    }
    const random = randomFor(seed, KNOWN_AT, person);
    const count = Math.min(draw(random, SPREAD)[0], hospitalCount);
    const chosen: number[] = [];
    left.set(weights);
    let total = sum;
    while (chosen.length < count) {
      let hospital = 0;
      for (let target = fraction(random) * total - (left[0] ?? 0); target >= 0; target -= left[hospital] ?? 0)
        hospital += 1;
      total -= left[hospital] ?? 0;
      left[hospital] = 0;
      chosen.push(hospital);
    }
    return chosen.sort((a, b) => a - b);
  };
}

/** How strongly a hospital draws a neighbourhood: a few near ones, and the rest seldom. */
function pull(neighbourhood: number, hospital: number): number {
  const distance = mix(neighbourhood, hospital) % 5;
  return distance === 0 ? 8 : distance === 1 ? 3 : 1;
}

/** Whether a hospital has registered the person a second time. Needs nothing but indexes. */
export function hasDuplicate(seed: number, person: number, hospital: number): boolean {
  return chance(randomFor(seed, REGISTERED, person, hospital * 4 + 1), DUPLICATE);
}

/** The registrations of a person at one hospital: one, or two where the desk did not find the first. */
export function registrationsAt(
  seed: number,
  person: Person,
  hospital: number,
  updates: number,
  asOf: Day,
): readonly Registration[] {
  const first = register(seed, person, hospital, 0, updates, asOf);
  if (!hasDuplicate(seed, person.index, hospital)) return [first];
  return [first, register(seed, person, hospital, 1, updates, asOf)];
}

function register(
  seed: number,
  person: Person,
  hospital: number,
  ordinal: 0 | 1,
  updates: number,
  asOf: Day,
): Registration {
  const random: Random = randomFor(seed, REGISTERED, person.index, hospital * 4 + 2 + ordinal);
  const last = person.deathDay ?? asOf;
  const earliest = Math.max(person.birthDay + 1, asOf - REGISTRATION_SPAN_DAYS);
  const room = Math.max(1, last - earliest);
  const anyDay = earliest + below(random, room);
  const bornHere = chance(random, 0.35) && person.birthDay > asOf - REGISTRATION_SPAN_DAYS && ordinal === 0;
  const registeredOn = bornHere ? person.birthDay + between(random, 0, 1) : anyDay;
  const isConfirmed = chance(random, updates);
  const later = registeredOn + below(random, Math.max(1, last - registeredOn));
  const asNewborn = bornHere && !isConfirmed && person.newborn !== undefined;
  const confirmedOn = isConfirmed ? later : registeredOn;
  return { person: person.index, hospital, ordinal, registeredOn, confirmedOn, asNewborn };
}
