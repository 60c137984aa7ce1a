import { firstLetterShift, lengthOf, letterBits, type NameBook, soundOf } from '../index/name-book.js';
import { areFamiliar } from '../normalise/nicknames.js';
import { jaroWinkler } from '../text/jaro-winkler.js';
import { osaDistance } from '../text/osa-distance.js';

/**
 * How two distinct names compare, in one integer: bits 0–4 the level as given names, bits 5–9 the level as family names, bit 10 set
 * from Jaro–Winkler 0.88 (enough for swapped fields), bit 11 from 0.95.
 */
export type NameSimilarity = number;

export const asGiven = (similarity: NameSimilarity): number => similarity & 31;
export const asFamily = (similarity: NameSimilarity): number => (similarity >> 5) & 31;
export const swappable = 1 << 10;
export const nearlySame = 1 << 11;

/**
 * A direct-mapped memo of similarities by pair of codes: names repeat so heavily that nine in ten comparisons end here, with one read
 * of a cache that stays small enough to stay near.
 */
export interface SimilarityMemo {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  readonly similarity: Uint16Array;
  /** Codes above this are a query's own and may mean another name in the next query. */
  stableCodes: number;
  generation: number;
}

const memoSize = 1 << 18;

export function createSimilarityMemo(): SimilarityMemo {
  return {
    low: new Uint32Array(memoSize),
    high: new Uint32Array(memoSize),
    similarity: new Uint16Array(memoSize),
    stableCodes: 0xffffff,
    generation: 0,
  };
}

/** Starts a query whose codes above `stableCodes` are its own. */
export function startGeneration(memo: SimilarityMemo, stableCodes: number): void {
  memo.stableCodes = stableCodes;
  memo.generation = (memo.generation + 1) & 127;
  if (memo.generation === 0) memo.low.fill(0);
}

/** The similarity of two names that are recorded; symmetric. */
export function similarityOf(book: NameBook, memo: SimilarityMemo, a: number, b: number): NameSimilarity {
  if (areSurelyDifferent(book, a, b)) return different;
  let low = a < b ? a : b;
  let high = a < b ? b : a;
  if (high > memo.stableCodes) {
    high |= (memo.generation + 1) << 24;
    if (low > memo.stableCodes) low |= (memo.generation + 1) << 24;
  }
  const slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 14;
  if (memo.low[slot] === low && memo.high[slot] === high) return memo.similarity[slot] as number;
  const similarity = compareNames(book, a, b);
  memo.low[slot] = low;
  memo.high[slot] = high;
  memo.similarity[slot] = similarity;
  return similarity;
}

/** Different as given and as family names. */
const different: NameSimilarity = 9 | (7 << 5);

/**
 * A bound that spares most comparisons: letters that only one name has cannot be in common, so the number in common is at most each
 * length less those, and with it the Jaro similarity. Where the first letters differ there is no prefix bonus, and Jaro itself must reach
 * 0.75; elsewhere the best bonus is granted. Below that nothing but a nickname, a common part or the sound could still join the two. It
 * turns away most pairs of distinct names for two reads each, where the memo would miss.
 */
export function areSurelyDifferent(book: NameBook, a: number, b: number): boolean {
  const lettersA = book.letters[a] as number;
  const lettersB = book.letters[b] as number;
  const lengthA = lengthOf(book, a);
  const lengthB = lengthOf(book, b);
  const common = Math.min(
    lengthA - bitCount(lettersA & ~lettersB & letterBits),
    lengthB - bitCount(lettersB & ~lettersA & letterBits),
  );
  const firstA = (lettersA >>> firstLetterShift) & 31;
  const firstB = (lettersB >>> firstLetterShift) & 31;
  const needed = firstA !== 0 && firstB !== 0 && firstA !== firstB ? jaroAlone : jaroWithPrefix;
  if (common > 0 && common / lengthA + common / lengthB > needed) return false;
  // A name that is wholly within the other is a part of it, however much longer that is.
  if (common >= Math.min(lengthA, lengthB)) return false;
  if (book.partsAt[a] !== 0 || book.partsAt[b] !== 0) return false;
  if (book.nicknames[a] !== 0 && book.nicknames[b] !== 0) return false;
  if (lengthA === 1 || lengthB === 1) return false;
  return book.sounds[a] !== book.sounds[b] || book.sounds[a] === 0;
}

/** Shares of the two names in common, added up, that a Jaro similarity of 0.75 needs at the least: 3 · 0.75 − 1. */
const jaroAlone = 1.2499;
/** The same for 0.58, which a common prefix of four letters lifts to 0.75. */
const jaroWithPrefix = 0.74;

function bitCount(bits: number): number {
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Compares two names afresh. */
export function compareNames(book: NameBook, a: number, b: number): NameSimilarity {
  const joinedA = book.joined[a] as number;
  const joinedB = book.joined[b] as number;
  if (joinedA === joinedB) return 1 | (1 << 5) | swappable | nearlySame;
  const { heap, starts } = book.dictionary;
  const fromA = starts[joinedA] as number;
  const toA = starts[joinedA + 1] as number;
  const fromB = starts[joinedB] as number;
  const toB = starts[joinedB + 1] as number;
  const jw = jaroWinkler(heap, fromA, toA, heap, fromB, toB);
  const shorter = Math.min(toA - fromA, toB - fromB);
  const near = jw >= 0.92 || (shorter >= 4 && jw >= 0.6 && osaDistance(heap, fromA, toA, heap, fromB, toB) <= 1);
  const sounds = soundOf(book, a) !== 0 && soundOf(book, a) === soundOf(book, b);
  const common = commonPrefix(heap, fromA, fromB, shorter);
  const band = (similar: number, sound: number, distant: number, different: number): number =>
    jw >= 0.85 ? similar : sounds ? sound : jw >= 0.75 ? distant : different;
  const isFamiliar = shorter >= 3 && common === shorter ? true : shorter > 1 && isNickname(book, a, b);
  const given = isFamiliar ? 2 : shorter === 1 ? (common === 1 ? 3 : 9) : near ? 4 : band(5, 16, 8, 9);
  const family = near ? 2 : sharesPart(book, a, b) ? 3 : band(4, 9, 6, 7);
  return given | (family << 5) | (jw >= 0.88 ? swappable : 0) | (jw >= 0.95 ? nearlySame : 0);
}

function isNickname({ nicknames }: NameBook, a: number, b: number): boolean {
  const numberA = nicknames[a] as number;
  const numberB = nicknames[b] as number;
  return numberA !== 0 && numberB !== 0 && areFamiliar(numberA, numberB);
}

function commonPrefix(heap: Uint16Array, fromA: number, fromB: number, length: number): number {
  let common = 0;
  while (common < length && heap[fromA + common] === heap[fromB + common]) common++;
  return common;
}

/** Two family names share a word of more than two letters ("garcia ruiz", "ruiz"), or one is the beginning or end of the other. */
function sharesPart(book: NameBook, a: number, b: number): boolean {
  const { parts, partsAt } = book;
  const atA = partsAt[a] as number;
  const atB = partsAt[b] as number;
  const countA = atA === 0 ? 1 : (parts[atA] as number);
  const countB = atB === 0 ? 1 : (parts[atB] as number);
  for (let i = 1; i <= countA; i++) {
    const partA = atA === 0 ? a : parts[atA + i];
    for (let j = 1; j <= countB; j++) if (partA === (atB === 0 ? b : parts[atB + j])) return true;
  }
  return lengthOf(book, a) < lengthOf(book, b) ? isAffix(book, a, b) : isAffix(book, b, a);
}

/** The shorter name, of four letters or more, begins or ends the longer. */
function isAffix(book: NameBook, shorter: number, longer: number): boolean {
  const { heap, starts } = book.dictionary;
  const shortCode = book.joined[shorter] as number;
  const longCode = book.joined[longer] as number;
  const length = lengthOf(book, shortCode);
  if (length < 4) return false;
  const from = starts[shortCode] as number;
  const end = (starts[longCode + 1] as number) - length;
  return (
    commonPrefix(heap, from, starts[longCode] as number, length) === length ||
    commonPrefix(heap, from, end, length) === length
  );
}
