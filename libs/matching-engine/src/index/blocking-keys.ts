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
}

export const createKeyList = (): KeyList => ({
  hashes: new Uint32Array(maxKeys),
  rules: new Uint8Array(maxKeys),
  count: 0,
});

/** Works out the blocking keys of a row from its values alone, so that the keys of a stored row can be found again to take them out. */
export function writeKeys(store: RecordStore, row: number, keys: KeyList): void {
  const { rows, names } = store;
  const at = row * rowInts;
  const get = (name: keyof typeof column): number => rows[at + column[name]] as number;
  keys.count = 0;
  const add = (number: number, a: number, b = 1, c = 1): void => {
    if (a === 0 || b === 0 || c === 0 || keys.count === maxKeys) return;
    keys.hashes[keys.count] = mix(number, a, b, c);
    keys.rules[keys.count++] = number;
  };
  const given = joined(names, get('given'));
  const middle = joined(names, get('middle'));
  const family = joined(names, get('family'));
  const isFullMiddle = lengthOf(names, middle) > 1;
  const date = get('birthDate');
  const year = yearOf(date);
  const month = monthOf(date);
  const monthDay = month === 0 || dayOf(date) === 0 ? 0 : month * 32 + dayOf(date);
  const wholeDate = monthDay === 0 ? 0 : date;
  const yearMonth = month === 0 ? 0 : date >> 5;
  const [house, street, city, postal] = [get('houseNumber'), get('street'), get('city'), get('postalCode')];
  const given3 = prefixHash(names, given, 3);
  const family3 = prefixHash(names, family, 3);
  const pair = unordered(given, family);
  const prefixPair = unordered(given3, family3);
  const partsAt = names.partsAt[get('family')] as number;
  const parts = partsAt === 0 ? 0 : (names.parts[partsAt] as number);
  const part = (i: number): number => names.parts[partsAt + i] as number;
  const sound = soundOf(names, get('family'));
  const givenSound = soundOf(names, get('given'));

  const id = get('nationalId');
  if (id !== 0) addNationalId(add, id, year, monthDay, given, family);
  const phone = get('phone');
  add(rule.phone, phone % 1e7, Math.floor(phone / 1e9) + 1);
  add(rule.email, get('email'));
  for (let i = get('identifiers'); i !== 0; i = store.identifiers[i * 3 + 2] as number) {
    add(rule.identifier, store.identifiers[i * 3] as number, store.identifiers[i * 3 + 1] as number);
  }
  add(rule['birthDate+family'], wholeDate, family);
  for (let i = 1; i <= parts; i++) add(rule['birthDate+family'], wholeDate, part(i));
  add(rule['birthDate+given'], wholeDate, given);
  if (isFullMiddle) add(rule['birthDate+given'], wholeDate, middle);
  add(rule.house, street, house, postal === 0 ? city : postal);
  add(rule['given+family+year'], pair, year);
  for (let i = 1; i <= parts; i++) add(rule['given+family+year'], unordered(given, part(i)), year);
  add(rule['given+family+postalCode'], pair, postal);
  add(rule['given+family+monthDay'], pair, monthDay);
  add(rule['birthDate+sound'], wholeDate, sound);
  add(rule['birthDate+prefix'], wholeDate, given3);
  add(rule['birthDate+prefix'], wholeDate, family3);
  add(rule['birthDate+postalCode'], wholeDate, postal);
  add(rule['prefixes+monthDay'], prefixPair, monthDay);
  add(rule['prefixes+yearMonth'], prefixPair, yearMonth);
  add(rule['street+given'], street, given, house);
  add(rule['houseNumber+names'], house, given, family);
  add(rule['family+postalCode+year'], family, postal, year);
  add(rule['family+postalCode+monthDay'], family, postal, monthDay);
  add(rule['given+postalCode+year'], given, postal, year);
  add(rule['prefix+family+postalCode'], given3, family, postal);
  add(rule['given+familyPrefix+monthDay'], given, family3, monthDay);
  add(rule['street+family+year'], street, family, year);
  add(rule['prefix+family+year'], given3, family, year);
  add(rule['sounds+year'], sound, givenSound, year);
  add(rule['birthDate+street'], wholeDate, street);
  add(rule['given+family'], pair);
  for (let i = 1; i <= parts; i++) add(rule['given+family'], unordered(given, part(i)));
  add(rule.prefixes, prefixPair);
  add(rule.birthDate, wholeDate);
  add(rule['given+year'], given, year);
  add(rule['family+year'], family, year);
  add(rule['given+monthDay'], given, monthDay);
  add(rule['family+monthDay'], family, monthDay);
  add(rule['given+postalCode'], given, postal);
  add(rule['family+postalCode'], family, postal);
  add(rule['given+city'], given, city);
  if (phone !== 0) add(rule['phoneEnd+prefix'], (phone % 1e6) + 1, prefixHash(names, given, 2));
  add(rule['street+initial'], street, prefixHash(names, given, 1));
  add(rule['yearMonth+postalCode'], yearMonth, postal);
  add(rule['street+postalCode'], street, postal);
  if (middle !== 0) add(rule['given+middle+year'], unordered(given, middle), year);
  add(rule['houseNumber+street+year'], house, street, year);
  add(rule.sounds, sound, givenSound);
  if (isFullMiddle) add(rule['middle+family'], middle, family);
  for (let i = 0; i < store.extraNames.length; i++) {
    const value = mix(i, store.extras[row * store.extraNames.length + i] as number, 1, 1);
    if (store.extras[row * store.extraNames.length + i] === 0) continue;
    add(rule['extra+birthDate'], value, wholeDate === 0 ? year : wholeDate);
    add(rule['extra+family'], value, family);
    add(rule['extra+given'], value, given);
    add(rule.extra, value);
  }
  add(rule['birthDate+given'], wholeDate, family);
  add(rule['birthDate+family'], wholeDate, given);
  add(rule.family, family);
  add(rule.given, given);
  add(rule.street, street);
  add(rule.familySound, sound);
  add(rule['houseNumber+city'], house, city);
  add(rule['postalCode+year'], postal, year);
  add(rule['city+monthDay'], city, monthDay);
  add(rule['city+year'], city, year);
  add(rule['houseNumber+postalCode'], house, postal);
  add(rule['prefix+city'], given3, city);
  add(rule['prefix+postalCode'], given3, postal);
  add(rule['familyPrefix+city'], family3, city);
  add(rule['familyPrefix+postalCode'], family3, postal);
  add(rule['familyPrefix+houseNumber'], family3, house);
  add(rule['prefix+houseNumber'], given3, house);
}

type Add = (number: number, a: number, b?: number, c?: number) => void;

function addNationalId(add: Add, id: number, year: number, monthDay: number, given: number, family: number): void {
  const lastFour = ((id % lastFourOffset) % 10_000) + 1;
  if (id < lastFourOffset) {
    add(rule.nationalId, id);
    add(rule.nationalIdStart, Math.floor(id / 10_000) + 1);
    add(rule.nationalIdEnd, (id % 100_000) + 1);
  }
  add(rule['last4+year'], lastFour, year);
  add(rule['last4+family'], lastFour, family);
  add(rule['last4+given'], lastFour, given);
  add(rule['last4+monthDay'], lastFour, monthDay);
  add(rule.last4, lastFour);
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
