import { type RecordStore } from './record-store.js';
import {
  addExtraKeys,
  addIdentifierKeys,
  addKey,
  addPhoneKey,
  createKeyList,
  type KeyList,
  readKeyParts,
  unordered,
} from './key-parts.js';
import { keyRules, rule, type RuleName } from './key-rules.js';

/** Keys of one row of an index: first those that are kept however many they are, then those that are kept while there is room. */
export interface IndexKeyList extends KeyList {
  /** How many of the keys are always kept. */
  promised: number;
}

export const createIndexKeyList = (): IndexKeyList => ({ ...createKeyList(), promised: 0 });

/** Whether a rule is loose, by number. */
export const looseRules = Uint8Array.from(keyRules, ({ kind }) => Number(kind === 'loose'));

/** Whether a rule has one value, by number, whose long blocks other promised rules split by a second one: an address, by name or date. */
export const splitRules = Uint8Array.from(keyRules, ({ name }) => Number(name === 'house'));

/**
 * Works out the blocking keys that an index keeps of a row and that a search asks for, from the row's values alone, so that the keys of a
 * stored row can be found again to take them out. A batch has room for all (`writeKeys`); an index keeps those that were measured to
 * find what no other finds (ADR 0110), the surest first. Keys of whole rules are promised: a search that has read their blocks is
 * complete, so none of them is ever left out.
 */
export function writeIndexKeys(store: RecordStore, row: number, keys: IndexKeyList): void {
  const of = readKeyParts(store, row);
  const { given, family, given3, family3, pair, sound, year, monthDay, wholeDate, house, street, city, postal } = of;
  const { last4, words, wordsAt } = of;
  keys.count = 0;
  addKey(keys, rule.nationalId, of.nationalId);
  if (of.phone !== 0) addPhoneKey(keys, of.phone);
  addKey(keys, rule.email, of.email);
  addKey(keys, rule['birthDate+sound'], wholeDate, sound);
  addKey(keys, rule.house, street, house, postal === 0 ? city : postal);
  addKey(keys, rule['last4+year'], last4, year);
  addKey(keys, rule['birthDate+prefix'], wholeDate, given3);
  addKey(keys, rule['birthDate+prefix'], wholeDate, family3);
  addKey(keys, rule['last4+family'], last4, family);
  addKey(keys, rule['sounds+year'], sound, of.givenSound, year);
  addKey(keys, rule['last4+given'], last4, given);
  addKey(keys, rule['birthDate+postalCode'], wholeDate, postal);
  addKey(keys, rule['birthDate+family'], wholeDate, family);
  for (let i = 1; i <= words; i++)
    addKey(keys, rule['birthDate+family'], wholeDate, store.names.parts[wordsAt + i] as number);
  addKey(keys, rule['birthDate+family'], wholeDate, given);
  addKey(keys, rule['last4+monthDay'], last4, monthDay);
  addKey(keys, rule['birthDate+street'], wholeDate, street);
  addKey(keys, rule['street+given'], street, given, house);
  addIdentifierKeys(keys, store, row);
  keys.promised = keys.count;
  addKey(keys, rule['given+monthDay'], given, monthDay);
  addKey(keys, rule.prefixes, of.prefixPair);
  addKey(keys, rule.birthDate, wholeDate);
  addKey(keys, rule.sounds, sound, of.givenSound);
  addKey(keys, rule['yearMonth+postalCode'], of.yearMonth, postal);
  addKey(keys, rule['houseNumber+street+year'], house, street, year);
  addKey(keys, rule['family+monthDay'], family, monthDay);
  addKey(keys, rule['family+year'], family, year);
  addExtraKeys(keys, store, row, of, false);
  addKey(keys, rule['given+city'], given, city);
  addKey(keys, rule['given+year'], given, year);
  addKey(keys, rule.last4, last4);
  addKey(keys, rule['given+family'], pair);
  for (let i = 1; i <= words; i++)
    addKey(keys, rule['given+family'], unordered(given, store.names.parts[wordsAt + i] as number));
  addKey(keys, rule['family+postalCode'], family, postal);
  addKey(keys, rule['birthDate+given'], wholeDate, given);
}

const keptRules: ReadonlySet<string> = new Set<RuleName>([
  ...([
    'nationalId',
    'phone',
    'email',
    'identifier',
    'birthDate+sound',
    'house',
    'last4+year',
    'birthDate+prefix',
  ] as const),
  ...([
    'last4+family',
    'sounds+year',
    'last4+given',
    'birthDate+postalCode',
    'birthDate+family',
    'last4+monthDay',
  ] as const),
  ...([
    'birthDate+street',
    'street+given',
    'given+monthDay',
    'prefixes',
    'birthDate',
    'sounds',
    'birthDate+given',
  ] as const),
  ...(['yearMonth+postalCode', 'houseNumber+street+year', 'family+monthDay', 'family+year', 'given+city'] as const),
  ...([
    'given+year',
    'last4',
    'given+family',
    'family+postalCode',
    'extra+birthDate',
    'extra+family',
    'extra+given',
  ] as const),
]);

/** The rules of `writeIndexKeys`, in the order of `keyRules`. */
export const indexRules = keyRules.filter(({ name }) => keptRules.has(name));

/** How many keys an index with so many slots a row keeps. */
export const keptKeys = ({ count, promised }: IndexKeyList, slotsPerRow: number): number =>
  Math.max(promised, Math.min(count, slotsPerRow));
