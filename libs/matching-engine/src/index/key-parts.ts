import { dayOf, monthOf, yearOf } from '../normalise/birth-date.js';
import { lastFourOffset } from '../normalise/contact.js';
import { rule } from './key-rules.js';
import { lengthOf, type NameBook, prefixHash, soundOf } from './name-book.js';
import { type RecordStore } from './record-store.js';
import { column, rowInts } from './row-layout.js';

/** Blocking keys of one row: hash and number of the rule, `count` of them. Surname parts and identifiers give several of one rule. */
export interface KeyList {
  hashes: Uint32Array;
  rules: Uint8Array;
  count: number;
}

export const createKeyList = (): KeyList => ({ hashes: new Uint32Array(112), rules: new Uint8Array(112), count: 0 });

/** Adds the key that a rule makes of up to three values; none where one of them is missing. */
export function addKey(keys: KeyList, number: number, a: number, b = 1, c = 1): void {
  if (a === 0 || b === 0 || c === 0) return;
  if (keys.count === keys.hashes.length) makeRoom(keys);
  keys.hashes[keys.count] = mix(number, a, b, c);
  keys.rules[keys.count++] = number;
}

function makeRoom(keys: KeyList): void {
  const { hashes, rules } = keys;
  keys.hashes = new Uint32Array(hashes.length * 2);
  keys.hashes.set(hashes);
  keys.rules = new Uint8Array(rules.length * 2);
  keys.rules.set(rules);
}

/** What keys are made of: codes and hashes of the values of one row, 0 where one is missing. */
const parts = {
  given: 0,
  middle: 0,
  family: 0,
  /** Beginnings of three letters. */
  given3: 0,
  family3: 0,
  givenSound: 0,
  sound: 0,
  /** Both names whichever comes first, so that swapped fields meet, and both beginnings. */
  pair: 0,
  prefixPair: 0,
  /** Where the words of a double family name stand in `NameBook.parts`, behind their number; 0 for other names. */
  wordsAt: 0,
  words: 0,
  isFullMiddle: false,
  year: 0,
  yearMonth: 0,
  monthDay: 0,
  wholeDate: 0,
  house: 0,
  street: 0,
  city: 0,
  postal: 0,
  /** A whole national identifier; of others only the last four digits, plus one, are known. */
  nationalId: 0,
  last4: 0,
  phone: 0,
  email: 0,
};

export type KeyParts = Readonly<typeof parts>;

/** Reads the values of a row that keys are made of; the object is the same each time, as this is done for every row and every query. */
export function readKeyParts({ rows, names }: RecordStore, row: number): KeyParts {
  const at = row * rowInts;
  const givenName = rows[at + column.given] as number;
  const familyName = rows[at + column.family] as number;
  parts.given = joined(names, givenName);
  parts.middle = joined(names, rows[at + column.middle] as number);
  parts.family = joined(names, familyName);
  parts.isFullMiddle = lengthOf(names, parts.middle) > 1;
  parts.given3 = prefixHash(names, parts.given, 3);
  parts.family3 = prefixHash(names, parts.family, 3);
  parts.pair = unordered(parts.given, parts.family);
  parts.prefixPair = unordered(parts.given3, parts.family3);
  parts.wordsAt = names.partsAt[familyName] as number;
  parts.words = parts.wordsAt === 0 ? 0 : (names.parts[parts.wordsAt] as number);
  parts.sound = soundOf(names, familyName);
  parts.givenSound = soundOf(names, givenName);
  const date = rows[at + column.birthDate] as number;
  const month = monthOf(date);
  parts.year = yearOf(date);
  parts.monthDay = month === 0 || dayOf(date) === 0 ? 0 : month * 32 + dayOf(date);
  parts.wholeDate = parts.monthDay === 0 ? 0 : date;
  parts.yearMonth = month === 0 ? 0 : date >> 5;
  parts.house = rows[at + column.houseNumber] as number;
  parts.street = rows[at + column.street] as number;
  parts.city = rows[at + column.city] as number;
  parts.postal = rows[at + column.postalCode] as number;
  const id = rows[at + column.nationalId] as number;
  parts.nationalId = id < lastFourOffset ? id : 0;
  parts.last4 = id === 0 ? 0 : ((id % lastFourOffset) % 10_000) + 1;
  parts.phone = rows[at + column.phone] as number;
  parts.email = rows[at + column.email] as number;
  return parts;
}

/** The key of a telephone number, of which the last seven digits count: a search asks by it how crowded a number is. */
export function addPhoneKey(keys: KeyList, phone: number): void {
  addKey(keys, rule.phone, phone % 1e7, Math.floor(phone / 1e9) + 1);
}

/** Keys of a row's identifiers. */
export function addIdentifierKeys(keys: KeyList, { rows, identifiers }: RecordStore, row: number): void {
  for (let i = rows[row * rowInts + column.identifiers] as number; i !== 0; i = identifiers[i * 3 + 2] as number)
    addKey(keys, rule.identifier, identifiers[i * 3] as number, identifiers[i * 3 + 1] as number);
}

/** Keys of a row's extra columns, each with a name or the date. */
export function addExtraKeys(keys: KeyList, store: RecordStore, row: number, of: KeyParts, wide: boolean): void {
  const { extras, extraNames } = store;
  for (let i = 0; i < extraNames.length; i++) {
    const code = extras[row * extraNames.length + i] as number;
    if (code === 0) continue;
    const value = mix(i, code, 1, 1);
    addKey(keys, rule['extra+birthDate'], value, of.wholeDate === 0 ? of.year : of.wholeDate);
    addKey(keys, rule['extra+family'], value, of.family);
    addKey(keys, rule['extra+given'], value, of.given);
    if (wide) addKey(keys, rule.extra, value);
  }
}

function joined(names: NameBook, code: number): number {
  return code === 0 ? 0 : (names.joined[code] as number);
}

/** One key for both orders of two values; 0 when either is missing. */
export function unordered(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  return a < b ? mix(201, a, b, 1) : mix(201, b, a, 1);
}

export function mix(rule: number, a: number, b: number, c: number): number {
  let hash = Math.imul(rule + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ a, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash ^ b, 0xc2b2ae35);
  hash ^= hash >>> 16;
  hash = Math.imul(hash ^ c, 0x27d4eb2f);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x165667b1);
  return (hash ^ (hash >>> 13)) >>> 0 || 1;
}
