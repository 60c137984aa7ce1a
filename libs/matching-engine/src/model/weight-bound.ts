import {
  type Comparer,
  identifierLevel,
  nationalIdLevel,
  phoneLevel,
  suffixBit,
  suffixLevel,
} from '../compare/compare-rows.js';
import { birthDateLevel } from '../compare/compare-dates.js';
import { field, fixedFields } from '../compare/fields.js';
import { areSurelyDifferent } from '../compare/name-similarity.js';
import { lengthOf, type NameBook } from '../index/name-book.js';
import { column, isNewborn, rowInts, sexOf, suffixOf } from '../index/row-layout.js';
import { type CompiledModel, levelStride } from './match-model.js';
import { type Frequencies, strangerCorrection } from './score-pair.js';

/**
 * The most that each level can add to the log-odds of a match against one rival, `[field * 32 + level]`. Levels from 20 on stand for "one
 * of these, whichever": what is not worked out for the bound.
 */
type Gains = Float64Array;

export interface WeightBound {
  readonly stranger: Gains;
  readonly kin: Gains;
  /** log of the pairs per record of matches, well or badly recorded. */
  readonly logMatches: number;
  readonly levels: Uint8Array;
}

/** Levels that stand for several. */
const open = { near: 20, nearOrCrossed: 21, crossed: 22, far: 23 } as const;

const sets: readonly (readonly [f: number, level: number, of: readonly number[]])[] = [
  [field.given, open.near, [2, 3, 4, 5, 8, 9, 16]],
  [field.given, open.nearOrCrossed, [2, 3, 4, 5, 6, 8, 9, 14, 15, 16]],
  [field.given, open.crossed, [6, 9, 14, 15]],
  [field.family, open.near, [2, 3, 4, 6, 7, 8, 9]],
  [field.middle, open.near, [3, 4]],
  // 0 is a level here: where given and middle names are crossed, the middle name is not compared.
  [field.middle, open.crossed, [0, 2, 3, 4]],
  [field.email, open.near, [2, 3]],
  [field.address, open.near, [1, 2, 3, 4, 5, 6, 7]],
  [field.address, open.far, [6, 7]],
];

export function createWeightBound({ model, logs, logPairs }: CompiledModel): WeightBound {
  const gainsOver = (rival: Float64Array): Gains => {
    const gains = rival.map((log, i) => Math.max(logs.match[i] as number, logs.noisy[i] as number) - log);
    const most = (f: number, levels: readonly number[]): number =>
      Math.max(...levels.map((level) => gains[f * levelStride + level] as number));
    for (const [f, level, of] of sets) gains[f * levelStride + level] = most(f, of);
    for (let f = fixedFields.length; f < model.fields.length; f++) {
      const levels = model.fields[f]?.table.match.length ?? 0;
      gains[f * levelStride + open.near] = most(
        f,
        Array.from({ length: levels - 1 }, (_, i) => i + 2),
      );
    }
    return gains;
  };
  return {
    stranger: gainsOver(logs.stranger),
    kin: gainsOver(logs.kin),
    logMatches: Math.log(Math.exp(logPairs.match) + Math.exp(logPairs.noisy)),
    levels: new Uint8Array(model.fields.length),
  };
}

/**
 * Whether the log-odds of a pair are surely below `least`, from what costs little to compare: the numbers, and whether texts are equal.
 * Text that differs counts as the best it could be. Most candidates of a search end here, before a string is touched; none that would
 * reach `least` does.
 */
export function cannotReach(
  bound: WeightBound,
  comparer: Comparer,
  compiled: CompiledModel,
  frequencies: Frequencies,
  rowA: number,
  rowB: number,
  logStrangers: number,
  least: number,
): boolean {
  const { levels } = bound;
  if (!writeOpenLevels(comparer, rowA, rowB, levels)) return false;
  let overStranger = bound.logMatches - logStrangers;
  let overKin = bound.logMatches - compiled.logPairs.kin;
  for (let f = 0; f < levels.length; f++) {
    const level = levels[f] as number;
    if (level === 0) continue;
    overStranger += bound.stranger[f * levelStride + level] as number;
    overKin += bound.kin[f * levelStride + level] as number;
  }
  if (overKin < least) return true;
  return overStranger - strangerCorrection(compiled, levels, 0, frequencies, rowA, rowB) < least;
}

/** Writes levels, open ones among them; false for a pair that must be compared in full. */
function writeOpenLevels({ store, extras }: Comparer, rowA: number, rowB: number, levels: Uint8Array): boolean {
  const { rows, names } = store;
  const a = rowA * rowInts;
  const b = rowB * rowInts;
  const flagsA = rows[a + column.flags] as number;
  const flagsB = rows[b + column.flags] as number;
  if (((rows[a + column.nextVersion] as number) | (rows[b + column.nextVersion] as number)) !== 0) return false;
  if (isNewborn(flagsA) || isNewborn(flagsB)) return false;
  const given = openGiven(names, rows, a, b);
  if (given < 0) return false;
  const middle = openMiddle(names, rows[a + column.middle] as number, rows[b + column.middle] as number, given);
  if (middle < 0) return false;
  levels[field.given] = given;
  levels[field.middle] = middle;
  const sexA = sexOf(flagsA);
  const sexB = sexOf(flagsB);
  const areFemale = sexA === 1 && sexB === 1;
  levels[field.family] = openFamily(
    names,
    rows[a + column.family] as number,
    rows[b + column.family] as number,
    areFemale,
  );
  levels[field.birthDate] = birthDateLevel(
    rows[a + column.birthDate] as number,
    rows[b + column.birthDate] as number,
    false,
  );
  levels[field.suffix] = suffixLevel(suffixBit(suffixOf(flagsA)), suffixBit(suffixOf(flagsB)));
  levels[field.sex] = sexA === 0 || sexB === 0 ? 0 : sexA === sexB ? 1 : 2;
  levels[field.nationalId] = nationalIdLevel(
    rows[a + column.nationalId] as number,
    rows[b + column.nationalId] as number,
  );
  levels[field.phone] = phoneLevel(rows[a + column.phone] as number, rows[b + column.phone] as number);
  levels[field.email] = sameOrOpen(rows[a + column.email] as number, rows[b + column.email] as number);
  levels[field.address] = openAddress(rows, a, b);
  levels[field.identifier] = identifierLevel(
    store,
    rows[a + column.identifiers] as number,
    rows[b + column.identifiers] as number,
  );
  for (let i = 0; i < extras.length; i++) {
    levels[fixedFields.length + i] = sameOrOpen(
      store.extras[rowA * extras.length + i] as number,
      store.extras[rowB * extras.length + i] as number,
    );
  }
  return true;
}

const sameOrOpen = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a === b ? 1 : open.near);

/** −1 where given and family names may be swapped: what that is worth depends on how rare the names are. */
function openGiven(names: NameBook, rows: Int32Array, a: number, b: number): number {
  const givenA = rows[a + column.given] as number;
  const givenB = rows[b + column.given] as number;
  if (givenA === 0 || givenB === 0) return 0;
  if (names.joined[givenA] === names.joined[givenB]) return 1;
  const familyA = rows[a + column.family] as number;
  const familyB = rows[b + column.family] as number;
  const mayBe = (given: number, family: number): boolean => family === 0 || !areSurelyDifferent(names, given, family);
  if (mayBe(givenA, familyB) && mayBe(givenB, familyA)) return -1;
  const mayCross = rows[a + column.middle] !== 0 || rows[b + column.middle] !== 0;
  if (areSurelyDifferent(names, givenA, givenB)) return mayCross ? open.crossed : 9;
  return mayCross ? open.nearOrCrossed : open.near;
}

/** −1 where the middle names agree and the given names may be crossed with them: both kinds of rarity would have to be tried. */
function openMiddle(names: NameBook, a: number, b: number, given: number): number {
  if (a === 0 || b === 0) return 0;
  const isSame = names.joined[a] === names.joined[b];
  if (given === open.crossed || given === open.nearOrCrossed) return isSame ? -1 : open.crossed;
  if (lengthOf(names, a) === 1 || lengthOf(names, b) === 1) {
    const { heap, starts } = names.dictionary;
    return heap[starts[a] as number] === heap[starts[b] as number] ? 2 : 4;
  }
  return isSame ? 1 : open.near;
}

function openFamily(names: NameBook, a: number, b: number, areFemale: boolean): number {
  if (a === 0 || b === 0) return 0;
  if (names.joined[a] === names.joined[b]) return 1;
  return areSurelyDifferent(names, a, b) ? (areFemale ? 8 : 7) : open.near;
}

/** The cases of `addressLevel` that need no string. */
function openAddress(rows: Int32Array, a: number, b: number): number {
  const streetA = rows[a + column.street] as number;
  const streetB = rows[b + column.street] as number;
  const cityA = rows[a + column.city] as number;
  const cityB = rows[b + column.city] as number;
  const postalA = rows[a + column.postalCode] as number;
  const postalB = rows[b + column.postalCode] as number;
  const hasStreets = streetA !== 0 && streetB !== 0;
  const hasPlaces = (cityA !== 0 && cityB !== 0) || (postalA !== 0 && postalB !== 0);
  if (!hasStreets && !hasPlaces) return 0;
  if (hasStreets && (streetA === streetB || rows[a + column.houseNumber] === rows[b + column.houseNumber]))
    return open.near;
  if (postalA !== 0 && postalA === postalB) return 5;
  return cityA !== 0 && cityA === cityB ? 6 : open.far;
}
