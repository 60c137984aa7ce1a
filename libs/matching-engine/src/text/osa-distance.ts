import { type CodeUnits } from './jaro-winkler.js';

const lastSeen = new Uint32Array(65_536);

/**
 * Optimal string alignment distance (Damerau–Levenshtein with no substring edited twice): the least number of insertions, deletions,
 * substitutions and swaps of neighbours between two texts. Bit-parallel after Myers (1999) with Hyyrö's (2003) transposition term, so
 * one pass over `b` for an `a` of up to 32 units; longer texts are cut to 32, where the distances asked for (0, 1, 2) stay the same
 * unless they differ only beyond it.
 */
export function osaDistance(
  heapA: CodeUnits,
  fromA: number,
  toA: number,
  heapB: CodeUnits,
  fromB: number,
  toB: number,
): number {
  const lengthA = Math.min(32, toA - fromA);
  const lengthB = Math.min(32, toB - fromB);
  if (lengthA === 0 || lengthB === 0) return Math.max(lengthA, lengthB);
  for (let i = 0; i < lengthA; i++) {
    const unit = heapA[fromA + i] ?? 0;
    lastSeen[unit] = (lastSeen[unit] ?? 0) | (1 << i);
  }
  const top = 1 << (lengthA - 1);
  let positive = -1;
  let negative = 0;
  let diagonal = 0;
  let previousMatches = 0;
  let distance = lengthA;
  for (let j = 0; j < lengthB; j++) {
    const matches = lastSeen[heapB[fromB + j] ?? 0] ?? 0;
    const swapped = ((~diagonal & matches) << 1) & previousMatches;
    diagonal = (((matches & positive) + positive) ^ positive) | matches | negative | swapped;
    const up = negative | ~(diagonal | positive);
    const down = diagonal & positive;
    if ((up & top) !== 0) distance++;
    if ((down & top) !== 0) distance--;
    const shifted = (up << 1) | 1;
    negative = shifted & diagonal;
    positive = (down << 1) | ~(diagonal | shifted);
    previousMatches = matches;
  }
  for (let i = 0; i < lengthA; i++) lastSeen[heapA[fromA + i] ?? 0] = 0;
  return distance;
}

/** The same distance of two numbers written with the same count of digits (0 … 9 digits), 3 standing for "three or more". */
export function digitDistance(a: number, b: number, digits: number): number {
  if (a === b) return 0;
  for (let i = digits - 1; i >= 0; i--) {
    digitsA[i] = 48 + (a % 10);
    digitsB[i] = 48 + (b % 10);
    a = Math.floor(a / 10);
    b = Math.floor(b / 10);
  }
  return Math.min(3, osaDistance(digitsA, 0, digits, digitsB, 0, digits));
}

const digitsA = new Uint16Array(16);
const digitsB = new Uint16Array(16);
