import { type Day } from '../calendar.js';
import { type Culture } from '../names/culture.js';
import { type Sex } from '../names/name-tables.js';
import { type Address } from '../places/address.js';

/** A value that holds from a day on, until the next of its list. */
export interface Since<T> {
  readonly from: Day;
  readonly value: T;
}

/** What somebody is to the others of a household. */
export type HouseholdRole = 'head' | 'partner' | 'child' | 'grandparent' | 'housemate';

/**
 * One true person with the course of a life: what a registration desk could have been told on any day.
 *
 * Histories are oldest first and never empty but for `phones`. Empty strings mean that the person has no such thing.
 */
export interface Person {
  readonly index: number;
  /** Index of the household's first member: people with the same number live together. */
  readonly household: number;
  readonly role: HouseholdRole;
  readonly culture: Culture;
  readonly sex: Sex;
  readonly birthDay: Day;
  readonly deathDay?: Day;
  readonly given: string;
  readonly middle: string;
  readonly suffix: string;
  /** Everyday form of the given name, where the person uses one. */
  readonly nickname: string;
  /** Known by the middle name: many registrations turn the two around. */
  readonly goesByMiddle: boolean;
  readonly familyNames: readonly Since<string>[];
  readonly homes: readonly Since<Address>[];
  readonly phones: readonly Since<string>[];
  readonly email: string;
  readonly ssnLast4: string;
  /** How the delivery ward writes the child before it is named: the mother's family name, and a letter for a twin. */
  readonly newborn?: { readonly motherFamily: string; readonly letter: '' | 'A' | 'B' };
}

/** The value that held on a day; before the first, the first. */
export function valueOn<T>(history: readonly Since<T>[], day: Day): T | undefined {
  let current = history[0]?.value;
  for (const entry of history) if (entry.from <= day) current = entry.value;
  return current;
}
