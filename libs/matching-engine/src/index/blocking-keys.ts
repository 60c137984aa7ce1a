import { dayOf, monthOf, yearOf } from '../normalise/birth-date.js';
import { lastFourOffset } from '../normalise/contact.js';
import { lengthOf, type NameBook, prefixHash, soundOf } from './name-book.js';
import { type RecordStore } from './record-store.js';
import { column, rowInts } from './row-layout.js';

/**
 * The blocking rules. Two records are compared when they share a key of any rule, so rules complement each other: each survives a
 * different mistake. `whole` rules are selective by construction, and a search that could not read one of their blocks to its end is
 * not complete. `loose` rules stay useful only while their blocks are small (rare values); a block over the limit is not cut but
 * left to the whole rules, which split it by a second and third value. `wide` rules pay off in small files only.
 */
export const keyRules = [
  ...rules('whole', 'nationalId', 'phone', 'email', 'identifier', 'birthDate+family', 'birthDate+given', 'house'),
  ...rules(
    'whole',
    'last4+year',
    'last4+family',
    'last4+given',
    'last4+monthDay',
    'given+family+year',
    'given+family+postalCode',
  ),
  ...rules(
    'whole',
    'given+family+monthDay',
    'birthDate+sound',
    'birthDate+prefix',
    'birthDate+postalCode',
    'prefixes+monthDay',
    'prefixes+yearMonth',
  ),
  ...rules(
    'whole',
    'street+given',
    'houseNumber+names',
    'family+postalCode+year',
    'family+postalCode+monthDay',
    'given+postalCode+year',
  ),
  ...rules(
    'whole',
    'prefix+family+postalCode',
    'given+familyPrefix+monthDay',
    'street+family+year',
    'prefix+family+year',
    'sounds+year',
    'birthDate+street',
  ),
  ...rules(
    'loose',
    'given+family',
    'prefixes',
    'birthDate',
    'given+year',
    'family+year',
    'given+monthDay',
    'family+monthDay',
    'given+postalCode',
  ),
  ...rules(
    'loose',
    'family+postalCode',
    'given+city',
    'last4',
    'phoneEnd+prefix',
    'street+initial',
    'yearMonth+postalCode',
    'street+postalCode',
  ),
  ...rules(
    'loose',
    'given+middle+year',
    'houseNumber+street+year',
    'sounds',
    'middle+family',
    'extra+birthDate',
    'extra+family',
    'extra+given',
  ),
  ...rules(
    'wide',
    'family',
    'given',
    'street',
    'familySound',
    'houseNumber+city',
    'postalCode+year',
    'city+monthDay',
    'city+year',
    'houseNumber+postalCode',
    'extra',
  ),
  ...rules(
    'wide',
    'nationalIdStart',
    'nationalIdEnd',
    'prefix+city',
    'prefix+postalCode',
    'familyPrefix+city',
    'familyPrefix+postalCode',
    'familyPrefix+houseNumber',
    'prefix+houseNumber',
  ),
] as const;

export interface KeyRule {
  readonly name: string;
  readonly kind: 'whole' | 'loose' | 'wide';
}

function rules<Name extends string>(kind: KeyRule['kind'], ...names: Name[]): { name: Name; kind: KeyRule['kind'] }[] {
  return names.map((name) => ({ name, kind }));
}

type RuleName = (typeof keyRules)[number]['name'];
/** Numbers of the rules by name; looked up while the code is compiled, not for every key. */
const rule = Object.fromEntries(keyRules.map(({ name }, i) => [name, i])) as Readonly<Record<RuleName, number>>;

/** The most keys one row can have: surname parts and identifiers give several of one rule. */
export const maxKeys = 112;

/** Keys of one row: hash and number of the rule, `count` of them, in the order of `keyRules` as far as the row has the values. */
export interface KeyList {
  readonly hashes: Uint32Array;
  readonly rules: Uint8Array;
  count: number;
  /** Keys beyond this many are not worked out: an index keeps only the first of each row. */
  readonly most: number;
  /** Whether keys of wide rules are worked out, which a live index neither keeps nor reads. */
  readonly wide: boolean;
}

/** A list for all keys of a row, as a batch needs them. */
export const createKeyList = (): KeyList => keyList(maxKeys, true);
/** A list for the keys that an index keeps of a row. */
export const createStoredKeyList = (slotsPerRow: number): KeyList => keyList(Math.min(slotsPerRow, maxKeys), false);
/** A list for the keys that a search asks for. */
export const createQueryKeyList = (): KeyList => keyList(maxKeys, false);

function keyList(most: number, wide: boolean): KeyList {
  return { hashes: new Uint32Array(maxKeys), rules: new Uint8Array(maxKeys), count: 0, most, wide };
}

/** Whether a rule is loose, by number. */
export const looseRules = Uint8Array.from(keyRules, ({ kind }) => Number(kind === 'loose'));

/** Works out the blocking keys of a row from its values alone, so that the keys of a stored row can be found again to take them out. */
export function writeKeys(store: RecordStore, row: number, keys: KeyList): void {
  const { rows, names } = store;
  const at = row * rowInts;
  keys.count = 0;
  const given = joined(names, rows[at + column.given] as number);
  const middle = joined(names, rows[at + column.middle] as number);
  const family = joined(names, rows[at + column.family] as number);
  const isFullMiddle = lengthOf(names, middle) > 1;
  const date = rows[at + column.birthDate] as number;
  const year = yearOf(date);
  const month = monthOf(date);
  const monthDay = month === 0 || dayOf(date) === 0 ? 0 : month * 32 + dayOf(date);
  const wholeDate = monthDay === 0 ? 0 : date;
  const yearMonth = month === 0 ? 0 : date >> 5;
  const house = rows[at + column.houseNumber] as number;
  const street = rows[at + column.street] as number;
  const city = rows[at + column.city] as number;
  const postal = rows[at + column.postalCode] as number;
  const given3 = prefixHash(names, given, 3);
  const family3 = prefixHash(names, family, 3);
  const pair = unordered(given, family);
  const prefixPair = unordered(given3, family3);
  const partsAt = names.partsAt[rows[at + column.family] as number] as number;
  const parts = partsAt === 0 ? 0 : (names.parts[partsAt] as number);
  const part = (i: number): number => names.parts[partsAt + i] as number;
  const sound = soundOf(names, rows[at + column.family] as number);
  const givenSound = soundOf(names, rows[at + column.given] as number);

  const id = rows[at + column.nationalId] as number;
  if (id !== 0) addNationalId(keys, id, year, monthDay, given, family);
  const phone = rows[at + column.phone] as number;
  add(keys, rule.phone, phone % 1e7, Math.floor(phone / 1e9) + 1);
  add(keys, rule.email, rows[at + column.email] as number);
  for (let i = rows[at + column.identifiers] as number; i !== 0; i = store.identifiers[i * 3 + 2] as number) {
    add(keys, rule.identifier, store.identifiers[i * 3] as number, store.identifiers[i * 3 + 1] as number);
  }
  add(keys, rule['birthDate+family'], wholeDate, family);
  for (let i = 1; i <= parts; i++) add(keys, rule['birthDate+family'], wholeDate, part(i));
  add(keys, rule['birthDate+given'], wholeDate, given);
  if (isFullMiddle) add(keys, rule['birthDate+given'], wholeDate, middle);
  add(keys, rule.house, street, house, postal === 0 ? city : postal);
  add(keys, rule['given+family+year'], pair, year);
  for (let i = 1; i <= parts; i++) add(keys, rule['given+family+year'], unordered(given, part(i)), year);
  add(keys, rule['given+family+postalCode'], pair, postal);
  add(keys, rule['given+family+monthDay'], pair, monthDay);
  add(keys, rule['birthDate+sound'], wholeDate, sound);
  add(keys, rule['birthDate+prefix'], wholeDate, given3);
  add(keys, rule['birthDate+prefix'], wholeDate, family3);
  add(keys, rule['birthDate+postalCode'], wholeDate, postal);
  add(keys, rule['prefixes+monthDay'], prefixPair, monthDay);
  add(keys, rule['prefixes+yearMonth'], prefixPair, yearMonth);
  add(keys, rule['street+given'], street, given, house);
  add(keys, rule['houseNumber+names'], house, given, family);
  add(keys, rule['family+postalCode+year'], family, postal, year);
  add(keys, rule['family+postalCode+monthDay'], family, postal, monthDay);
  add(keys, rule['given+postalCode+year'], given, postal, year);
  add(keys, rule['prefix+family+postalCode'], given3, family, postal);
  add(keys, rule['given+familyPrefix+monthDay'], given, family3, monthDay);
  add(keys, rule['street+family+year'], street, family, year);
  add(keys, rule['prefix+family+year'], given3, family, year);
  add(keys, rule['sounds+year'], sound, givenSound, year);
  add(keys, rule['birthDate+street'], wholeDate, street);
  if (keys.count === keys.most) return;
  add(keys, rule['given+family'], pair);
  for (let i = 1; i <= parts; i++) add(keys, rule['given+family'], unordered(given, part(i)));
  add(keys, rule.prefixes, prefixPair);
  add(keys, rule.birthDate, wholeDate);
  add(keys, rule['given+year'], given, year);
  add(keys, rule['family+year'], family, year);
  add(keys, rule['given+monthDay'], given, monthDay);
  add(keys, rule['family+monthDay'], family, monthDay);
  add(keys, rule['given+postalCode'], given, postal);
  add(keys, rule['family+postalCode'], family, postal);
  add(keys, rule['given+city'], given, city);
  if (phone !== 0) add(keys, rule['phoneEnd+prefix'], (phone % 1e6) + 1, prefixHash(names, given, 2));
  add(keys, rule['street+initial'], street, prefixHash(names, given, 1));
  add(keys, rule['yearMonth+postalCode'], yearMonth, postal);
  add(keys, rule['street+postalCode'], street, postal);
  if (middle !== 0) add(keys, rule['given+middle+year'], unordered(given, middle), year);
  add(keys, rule['houseNumber+street+year'], house, street, year);
  add(keys, rule.sounds, sound, givenSound);
  if (isFullMiddle) add(keys, rule['middle+family'], middle, family);
  for (let i = 0; i < store.extraNames.length; i++) {
    const value = mix(i, store.extras[row * store.extraNames.length + i] as number, 1, 1);
    if (store.extras[row * store.extraNames.length + i] === 0) continue;
    add(keys, rule['extra+birthDate'], value, wholeDate === 0 ? year : wholeDate);
    add(keys, rule['extra+family'], value, family);
    add(keys, rule['extra+given'], value, given);
    if (keys.wide) add(keys, rule.extra, value);
  }
  add(keys, rule['birthDate+given'], wholeDate, family);
  add(keys, rule['birthDate+family'], wholeDate, given);
  if (!keys.wide) return;
  add(keys, rule.family, family);
  add(keys, rule.given, given);
  add(keys, rule.street, street);
  add(keys, rule.familySound, sound);
  add(keys, rule['houseNumber+city'], house, city);
  add(keys, rule['postalCode+year'], postal, year);
  add(keys, rule['city+monthDay'], city, monthDay);
  add(keys, rule['city+year'], city, year);
  add(keys, rule['houseNumber+postalCode'], house, postal);
  add(keys, rule['prefix+city'], given3, city);
  add(keys, rule['prefix+postalCode'], given3, postal);
  add(keys, rule['familyPrefix+city'], family3, city);
  add(keys, rule['familyPrefix+postalCode'], family3, postal);
  add(keys, rule['familyPrefix+houseNumber'], family3, house);
  add(keys, rule['prefix+houseNumber'], given3, house);
}

function add(keys: KeyList, number: number, a: number, b = 1, c = 1): void {
  if (a === 0 || b === 0 || c === 0 || keys.count === keys.most) return;
  keys.hashes[keys.count] = mix(number, a, b, c);
  keys.rules[keys.count++] = number;
}

function addNationalId(keys: KeyList, id: number, year: number, monthDay: number, given: number, family: number): void {
  const lastFour = ((id % lastFourOffset) % 10_000) + 1;
  if (id < lastFourOffset) {
    add(keys, rule.nationalId, id);
    add(keys, rule.nationalIdStart, Math.floor(id / 10_000) + 1);
    add(keys, rule.nationalIdEnd, (id % 100_000) + 1);
  }
  add(keys, rule['last4+year'], lastFour, year);
  add(keys, rule['last4+family'], lastFour, family);
  add(keys, rule['last4+given'], lastFour, given);
  add(keys, rule['last4+monthDay'], lastFour, monthDay);
  add(keys, rule.last4, lastFour);
}

function joined(names: NameBook, code: number): number {
  return code === 0 ? 0 : (names.joined[code] as number);
}

/** One key for both orders of two values, so that swapped fields meet; 0 when either is missing. */
function unordered(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  return a < b ? mix(201, a, b, 1) : mix(201, b, a, 1);
}

function mix(rule: number, a: number, b: number, c: number): number {
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
