import { nicknameNumber } from '../normalise/nicknames.js';
import { soundCode } from '../text/sound-code.js';
import { createDictionary, decode, type Dictionary, encode, encodeFrom, grown, shared } from './dictionary.js';

/**
 * The dictionary of name words with what is worked out once for each distinct name: the form without spaces, the parts of a
 * double name, and how it sounds.
 */
export interface NameBook {
  readonly dictionary: Dictionary;
  /** Code of the same name without spaces (`van der berg` → `vanderberg`); itself when it has none. */
  joined: Uint32Array;
  /** Offset in `parts` of a name with several words, 0 for others: there a count, then the codes of its words over two letters. */
  partsAt: Uint32Array;
  parts: Uint32Array;
  partsUsed: number;
  /** Hash of the phonetic code, 0 for a name that has none. */
  sounds: Uint32Array;
  /** Which of the letters a–z a name holds, one bit each; bit 31 for anything else; the first of them in bits 26–30, from 1. */
  letters: Uint32Array;
  /** `nicknameNumber` of the name. */
  nicknames: Uint16Array;
}

export function createNameBook(entries: number): NameBook {
  const dictionary = createDictionary(entries);
  const length = dictionary.starts.length;
  return {
    dictionary,
    joined: shared(Uint32Array, length),
    partsAt: shared(Uint32Array, length),
    parts: shared(Uint32Array, 1024),
    partsUsed: 1,
    sounds: shared(Uint32Array, length),
    letters: shared(Uint32Array, length),
    nicknames: shared(Uint16Array, length),
  };
}

/** The code of a name; works out its forms when it is new. */
export function encodeName(book: NameBook, name: string): number {
  const before = book.dictionary.size;
  const code = encode(book.dictionary, name);
  if (code <= before) return code;
  fitSideTables(book);
  const words = name.includes(' ') ? name.split(' ') : [];
  book.joined[code] = code;
  book.partsAt[code] = 0;
  book.sounds[code] = soundCode(name);
  book.letters[code] = lettersOf(name);
  book.nicknames[code] = nicknameNumber(name.replaceAll(' ', ''));
  if (words.length > 0) {
    const joined = encodeName(book, words.join(''));
    const codes = words.filter((word) => word.length > 2).map((word) => encodeName(book, word));
    book.joined[code] = joined;
    book.partsAt[code] = storeParts(book, codes);
  }
  return code;
}

/**
 * The codes that the names of another book have in this one, by code; names that are new get theirs, with all that was worked out of them,
 * in the order in which they would have got them had they been met here.
 */
export function encodeNamesFrom(book: NameBook, other: NameBook): Uint32Array {
  const codes = new Uint32Array(other.dictionary.size + 1);
  const take = (name: number): number => {
    if (codes[name] !== 0) return codes[name] as number;
    const before = book.dictionary.size;
    const code = (codes[name] = encodeFrom(book.dictionary, other.dictionary, name));
    if (code <= before) return code;
    fitSideTables(book);
    book.joined[code] = code;
    book.partsAt[code] = 0;
    book.sounds[code] = other.sounds[name] as number;
    book.letters[code] = other.letters[name] as number;
    book.nicknames[code] = other.nicknames[name] as number;
    const at = other.partsAt[name] as number;
    if (at === 0) return code;
    const joined = take(other.joined[name] as number);
    const parts = Array.from(other.parts.subarray(at + 1, at + 1 + (other.parts[at] as number)), take);
    book.joined[code] = joined;
    book.partsAt[code] = storeParts(book, parts);
    return code;
  };
  for (let name = 1; name <= other.dictionary.size; name++) take(name);
  return codes;
}

/** The phonetic hash of a name, 0 for none. */
export const soundOf = ({ sounds }: NameBook, code: number): number => sounds[code] as number;

/** The text of a name's code. */
export function nameOf(book: NameBook, code: number): string {
  return decode(book.dictionary, code);
}

/** A hash of the first `letters` code units of a name, 0 for the missing name. */
export function prefixHash({ dictionary }: NameBook, code: number, letters: number): number {
  if (code === 0) return 0;
  const from = dictionary.starts[code] as number;
  const to = Math.min(dictionary.starts[code + 1] as number, from + letters);
  let hash = letters;
  for (let i = from; i < to; i++) hash = (Math.imul(hash, 0x01000193) ^ (dictionary.heap[i] as number)) >>> 0;
  return hash;
}

export function lengthOf({ dictionary }: NameBook, code: number): number {
  return code === 0 ? 0 : (dictionary.starts[code + 1] as number) - (dictionary.starts[code] as number);
}

function lettersOf(name: string): number {
  let letters = 0;
  for (let i = 0; i < name.length; i++) {
    const letter = name.charCodeAt(i) - 97;
    if (letter !== 32 - 97) letters |= 1 << (letter >= 0 && letter < 26 ? letter : 31);
  }
  const first = name.charCodeAt(0) - 96;
  if (first >= 1 && first <= 26) letters |= first << firstLetterShift;
  return letters >>> 0;
}

/** Where `NameBook.letters` holds the first letter, 0 for none of a–z. */
export const firstLetterShift = 26;
/** The bits of `NameBook.letters` that say which letters there are. */
export const letterBits = 0x83ffffff;

function storeParts(book: NameBook, codes: readonly number[]): number {
  if (book.partsUsed + codes.length + 1 > book.parts.length)
    book.parts = grown(book.parts, book.partsUsed + codes.length + 1);
  const at = book.partsUsed;
  book.parts[at] = codes.length;
  codes.forEach((code, i) => (book.parts[at + 1 + i] = code));
  book.partsUsed += codes.length + 1;
  return at;
}

function fitSideTables(book: NameBook): void {
  const length = book.dictionary.starts.length;
  if (book.joined.length >= length) return;
  book.joined = grown(book.joined, length);
  book.partsAt = grown(book.partsAt, length);
  book.sounds = grown(book.sounds, length);
  book.letters = grown(book.letters, length);
  book.nicknames = grown(book.nicknames, length);
}
