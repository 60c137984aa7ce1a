import { lengthOf } from '../index/name-book.js';
import { type RecordStore } from '../index/record-store.js';
import { column, isNewborn, rowInts, sexOf, suffixOf, twinOf } from '../index/row-layout.js';
import { lastFourOffset } from '../normalise/contact.js';
import { suffixes } from '../normalise/normalise-name.js';
import { digitDistance } from '../text/osa-distance.js';
import { addressLevel, editDistance, textSimilarity } from './compare-address.js';
import { birthDateLevel } from './compare-dates.js';
import { type ExtraField, field, fixedFields, suffixConflict } from './fields.js';
import { asFamily, asGiven, nearlySame, similarityOf, type SimilarityMemo, swappable } from './name-similarity.js';

/** What comparing needs beside the rows. */
export interface Comparer {
  readonly store: RecordStore;
  readonly memo: SimilarityMemo;
  readonly extras: readonly ExtraField[];
}

/** Compares the values of two rows (one version each); writes a level for every field to `levels` from `out`. */
export function compareVersions(comparer: Comparer, rowA: number, rowB: number, levels: Uint8Array, out: number): void {
  const { store, extras } = comparer;
  const { rows } = store;
  const a = rowA * rowInts;
  const b = rowB * rowInts;
  const flagsA = rows[a + column.flags] as number;
  const flagsB = rows[b + column.flags] as number;
  const given = givenLevel(comparer, a, b);
  levels[out + field.given] = given;
  const family = familyLevel(comparer, a, b, given === 7);
  const hasNewborn = isNewborn(flagsA) || isNewborn(flagsB);
  levels[out + field.family] = family !== 0 && hasNewborn ? family + newbornFamily : family;
  levels[out + field.birthDate] = birthDateLevel(
    rows[a + column.birthDate] as number,
    rows[b + column.birthDate] as number,
    hasNewborn,
  );
  levels[out + field.middle] = given === 6 || given === 14 || given === 15 ? 0 : middleLevel(comparer, a, b);
  levels[out + field.suffix] = suffixLevel(suffixBit(suffixOf(flagsA)), suffixBit(suffixOf(flagsB)));
  const sexA = sexOf(flagsA);
  const sexB = sexOf(flagsB);
  levels[out + field.sex] = sexA === 0 || sexB === 0 ? 0 : sexA === sexB ? 1 : 2;
  levels[out + field.nationalId] = nationalIdLevel(
    rows[a + column.nationalId] as number,
    rows[b + column.nationalId] as number,
  );
  levels[out + field.phone] = phoneLevel(rows[a + column.phone] as number, rows[b + column.phone] as number);
  levels[out + field.email] = emailLevel(store, rows[a + column.email] as number, rows[b + column.email] as number);
  levels[out + field.address] = addressLevel(store.places, rows, a, b);
  levels[out + field.identifier] = identifierLevel(
    store,
    rows[a + column.identifiers] as number,
    rows[b + column.identifiers] as number,
  );
  for (let i = 0; i < extras.length; i++) {
    const codeA = store.extras[rowA * extras.length + i] as number;
    const codeB = store.extras[rowB * extras.length + i] as number;
    levels[out + fixedFields.length + i] = extraLevel(store, (extras[i] as ExtraField).kind, codeA, codeB);
  }
}

/** Added to the level of a family name when a newborn is compared. */
const newbornFamily = 9;

function givenLevel({ store, memo }: Comparer, a: number, b: number): number {
  const { rows, names } = store;
  const flagsA = rows[a + column.flags] as number;
  const flagsB = rows[b + column.flags] as number;
  const givenA = rows[a + column.given] as number;
  const givenB = rows[b + column.given] as number;
  if (isNewborn(flagsA) || isNewborn(flagsB)) return newbornLevel(flagsA, flagsB, givenA, givenB);
  if (givenA === 0 || givenB === 0) return 0;
  if (givenA === givenB) return 1;
  const straight = asGiven(similarityOf(names, memo, givenA, givenB));
  if (straight <= 5) return straight;
  const middleA = rows[a + column.middle] as number;
  const middleB = rows[b + column.middle] as number;
  if (middleA !== 0 || middleB !== 0) {
    const crossed = crossedLevel(store, givenA, middleA, givenB, middleB);
    if (crossed === 6) return 6;
    if (isSwapped(store, memo, a, b)) return 7;
    return crossed === 0 ? straight : straight === 9 ? crossed : straight;
  }
  return isSwapped(store, memo, a, b) ? 7 : straight;
}

function newbornLevel(flagsA: number, flagsB: number, givenA: number, givenB: number): number {
  const twinA = twinOf(flagsA);
  const twinB = twinOf(flagsB);
  if (isNewborn(flagsA) !== isNewborn(flagsB)) return givenA === 0 && givenB === 0 ? 0 : twinA + twinB > 0 ? 17 : 10;
  return twinA === twinB ? 11 : twinA !== 0 && twinB !== 0 ? 12 : 13;
}

/** 6 when one's given name is the other's middle name, 14 and 15 when initials are crossed both ways or one way, 0 otherwise. */
function crossedLevel(
  { names }: RecordStore,
  givenA: number,
  middleA: number,
  givenB: number,
  middleB: number,
): number {
  const { heap, starts } = names.dictionary;
  const initial = (code: number): number => heap[starts[code] as number] as number;
  const fits = (given: number, middle: number): boolean => middle === 0 || initial(given) === initial(middle);
  if (middleB !== 0 && givenA === middleB && fits(givenB, middleA)) return 6;
  if (middleA !== 0 && givenB === middleA && fits(givenA, middleB)) return 6;
  const aToB = middleB !== 0 && lengthOf(names, middleB) === 1 && initial(givenA) === initial(middleB);
  const bToA = middleA !== 0 && lengthOf(names, middleA) === 1 && initial(givenB) === initial(middleA);
  if (aToB && bToA) return 14;
  return (aToB && middleA === 0) || (bToA && middleB === 0) ? 15 : 0;
}

function isSwapped({ names, rows }: RecordStore, memo: SimilarityMemo, a: number, b: number): boolean {
  const givenA = rows[a + column.given] as number;
  const givenB = rows[b + column.given] as number;
  const familyA = rows[a + column.family] as number;
  const familyB = rows[b + column.family] as number;
  if (familyA === 0 && familyB === 0) return false;
  const straight = familyA !== 0 && familyB !== 0 ? similarityOf(names, memo, familyA, familyB) : 0;
  if ((straight & swappable) !== 0) return false;
  const aToB = familyB === 0 ? -1 : similarityOf(names, memo, givenA, familyB);
  const bToA = familyA === 0 ? -1 : similarityOf(names, memo, familyA, givenB);
  if (aToB === -1) return (bToA & nearlySame) !== 0;
  if (bToA === -1) return (aToB & nearlySame) !== 0;
  if ((aToB & bToA & swappable) !== 0) return true;
  return ((aToB & nearlySame) !== 0 && isFormOf(bToA)) || ((bToA & nearlySame) !== 0 && isFormOf(aToB));
}

/** A familiar or misspelt form: a desk that swaps names also takes nicknames ("Labbe, Mikey" for Michael Labbe). */
const isFormOf = (similarity: number): boolean => asGiven(similarity) === 2 || asGiven(similarity) === 4;

function familyLevel({ store, memo }: Comparer, a: number, b: number, isGivenSwapped: boolean): number {
  const { rows, names } = store;
  const familyA = rows[a + column.family] as number;
  const familyB = rows[b + column.family] as number;
  if (isGivenSwapped) return 0;
  if (familyA === 0 || familyB === 0) return 0;
  if (familyA === familyB) return 1;
  const level = asFamily(similarityOf(names, memo, familyA, familyB));
  if (level !== 7) return level;
  const bothFemale = sexOf(rows[a + column.flags] as number) === 1 && sexOf(rows[b + column.flags] as number) === 1;
  return bothFemale ? 8 : 7;
}

function middleLevel({ store, memo }: Comparer, a: number, b: number): number {
  const { names } = store;
  const middleA = store.rows[a + column.middle] as number;
  const middleB = store.rows[b + column.middle] as number;
  if (middleA === 0 || middleB === 0) return 0;
  const isInitial = lengthOf(names, middleA) === 1 || lengthOf(names, middleB) === 1;
  if (isInitial) {
    const { heap, starts } = names.dictionary;
    return heap[starts[middleA] as number] === heap[starts[middleB] as number] ? 2 : 4;
  }
  if (middleA === middleB) return 1;
  const level = asGiven(similarityOf(names, memo, middleA, middleB));
  return level === 1 ? 1 : level <= 5 ? 3 : 4;
}

/** Compares the suffixes that two records have ever stated, each a set of bits (`suffixBit`). */
export function suffixLevel(a: number, b: number): number {
  if (a === 0 && b === 0) return 0;
  if ((a & b) !== 0) return 1;
  const areJuniors = (a & juniors) !== 0 && (b & juniors) !== 0;
  return a === 0 || b === 0 || areJuniors ? 2 : suffixConflict;
}

/** A suffix as a set of one; the empty set for none. */
export const suffixBit = (suffix: number): number => (1 << suffix) & ~1;

/** Jr and II say the same of a person often enough. */
const juniors = suffixBit(suffixes.indexOf('jr')) | suffixBit(suffixes.indexOf('ii'));

export function nationalIdLevel(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  if (a >= lastFourOffset || b >= lastFourOffset) {
    const digits = digitDistance((a % lastFourOffset) % 10_000, (b % lastFourOffset) % 10_000, 4);
    return digits === 0 ? 5 : digits === 1 ? 6 : 4;
  }
  if (a === b) return 1;
  return digitDistance(a, b, 9) + 1;
}

export function phoneLevel(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  if (a === b) return 1;
  if (a < 1e7 || b < 1e7) return a % 1e7 === b % 1e7 ? 2 : 3;
  return sharesThreeDigits(a, b) && digitDistance(a, b, 9) <= 1 ? 2 : 3;
}

/** One edit leaves at least one of the three groups of three digits as it was: most different numbers end here. */
function sharesThreeDigits(a: number, b: number): boolean {
  return (
    a % 1000 === b % 1000 || ((a / 1000) | 0) % 1000 === ((b / 1000) | 0) % 1000 || ((a / 1e6) | 0) === ((b / 1e6) | 0)
  );
}

function emailLevel({ emails }: RecordStore, a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  return a === b ? 1 : textSimilarity(emails, a, b) >= 0.92 ? 2 : 3;
}

export function identifierLevel({ identifiers }: RecordStore, a: number, b: number): number {
  let level = 0;
  for (let i = a; i !== 0; i = identifiers[i * 3 + 2] as number) {
    for (let j = b; j !== 0; j = identifiers[j * 3 + 2] as number) {
      if (identifiers[i * 3] !== identifiers[j * 3]) continue;
      if (identifiers[i * 3 + 1] === identifiers[j * 3 + 1]) return 1;
      level = 2;
    }
  }
  return level;
}

function extraLevel({ places }: RecordStore, kind: ExtraField['kind'], a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  if (a === b) return 1;
  if (kind === 'category') return 2;
  const similarity = textSimilarity(places, a, b);
  return similarity >= 0.92 || editDistance(places, a, b) <= 1 ? 2 : similarity >= 0.8 ? 3 : 4;
}
