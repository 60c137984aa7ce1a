import { type Random, chance, decisionKey, pick, randomFor } from '../random/random.js';

/** A member hospital as the population sees it: a registration desk with habits and an identifier domain of its own. */
export interface Hospital {
  /** Short and stable; part of record ids. */
  readonly id: string;
  readonly name: string;
  /** The assigning authority of its local identifiers, a URI such as `urn:oid:2.16.840.1.113883.19.5.1`. */
  readonly identifierSystem: string;
}

/** How a hospital writes down what it is told. */
export interface DeskHabits {
  readonly letterCase: 'upper' | 'title';
  readonly keepsAccents: boolean;
  readonly middle: 'full' | 'initial' | 'rarely';
  readonly phone: 'digits' | 'dashes' | 'brackets' | 'country-code';
  readonly street: 'in full' | 'abbreviated' | 'as told';
  /** Unit on the street line instead of a field of its own. */
  readonly unitOnStreetLine: boolean;
  /** Leading zeros of postal codes were lost in an old migration. */
  readonly losesLeadingZeros: boolean;
  readonly asksSsn: boolean;
  readonly asksEmail: boolean;
  /** Probability that a record is confirmed again at a later visit. */
  readonly updates: number;
}

const HABITS = decisionKey('desk habits');

/** The habits of the hospital at a position of the list: fixed by seed and position, whatever the hospital is called. */
export function habitsOf(seed: number, position: number): DeskHabits {
  const random: Random = randomFor(seed, HABITS, position);
  return {
    letterCase: chance(random, 0.35) ? 'upper' : 'title',
    keepsAccents: chance(random, 0.3),
    middle: pick(random, ['full', 'initial', 'initial', 'rarely'] as const),
    phone: pick(random, ['digits', 'dashes', 'brackets', 'country-code'] as const),
    street: pick(random, ['in full', 'abbreviated', 'as told'] as const),
    unitOnStreetLine: chance(random, 0.4),
    losesLeadingZeros: chance(random, 0.15),
    asksSsn: chance(random, 0.8),
    asksEmail: chance(random, 0.55),
    updates: pick(random, [0.3, 0.5, 0.7] as const),
  };
}

const NAMES = [
  'Mercy General Hospital',
  'Harborview Heart Center',
  'Saint Brigid Medical Center',
  'Lakeside Community Hospital',
  'Riverbend Family Clinic',
  'Northfield University Hospital',
  'Elm Street Urgent Care',
  'Pinecrest Behavioral Health',
] as const;

/** So many invented hospitals, with identifier domains below HL7's arc for examples (2.16.840.1.113883.19). */
export function inventHospitals(count: number): readonly Hospital[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `h${i + 1}`,
    name: i < NAMES.length ? (NAMES[i] ?? '') : `${NAMES[i % NAMES.length] ?? ''} ${Math.floor(i / NAMES.length) + 1}`,
    identifierSystem: `urn:oid:2.16.840.1.113883.19.5.${i + 1}`,
  }));
}
