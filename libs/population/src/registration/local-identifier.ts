import { decisionKey, mix } from '../random/random.js';
import { type Permutation, permutation } from '../random/permutation.js';

/** Largest number of people a population can have: what an eight-digit local number leaves room for. */
export const MAX_PEOPLE = 2 ** 25;

const KEY = decisionKey('local identifier');

/** A hospital's medical record numbers: made from a registration, and turned back into it. */
export interface LocalIdentifiers {
  /** Eight digits. */
  readonly mrnOf: (person: number, ordinal: 0 | 1) => string;
  /** The registration a number could stand for; whether that person is known here is another question. */
  readonly locate: (mrn: string) => { readonly person: number; readonly ordinal: 0 | 1 } | undefined;
}

/** The local identifiers of the hospital at a position: no two registrations share one, and neighbours do not look like neighbours. */
export function localIdentifiers(seed: number, hospital: number): LocalIdentifiers {
  const shuffle: Permutation = permutation(mix(mix(seed, KEY), hospital), 13);
  return {
    mrnOf: (person, ordinal) => String(shuffle.forward(person * 2 + ordinal)).padStart(8, '0'),
    locate: (mrn) => {
      const value = /^\d{8}$/.test(mrn) ? Number(mrn) : shuffle.size;
      if (value >= shuffle.size) return undefined;
      const slot = shuffle.backward(value);
      return { person: slot >>> 1, ordinal: (slot & 1) as 0 | 1 };
    },
  };
}
