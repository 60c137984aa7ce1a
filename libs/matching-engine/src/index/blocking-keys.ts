import {
  addExtraKeys,
  addIdentifierKeys,
  addKey,
  addPhoneKey,
  type KeyList,
  readKeyParts,
  unordered,
} from './key-parts.js';
import { rule } from './key-rules.js';
import { prefixHash } from './name-book.js';
import { type RecordStore } from './record-store.js';

/** Works out all blocking keys of a row, as a batch needs them. A live index keeps some: `writeIndexKeys`. */
export function writeKeys(store: RecordStore, row: number, keys: KeyList): void {
  const of = readKeyParts(store, row);
  const { given, middle, family, given3, family3, pair, prefixPair, sound, givenSound, words } = of;
  const { year, yearMonth, monthDay, wholeDate, house, street, city, postal, last4 } = of;
  const part = (i: number): number => store.names.parts[of.wordsAt + i] as number;
  keys.count = 0;
  addKey(keys, rule.nationalId, of.nationalId);
  addKey(keys, rule.nationalIdStart, of.nationalId === 0 ? 0 : Math.floor(of.nationalId / 10_000) + 1);
  addKey(keys, rule.nationalIdEnd, of.nationalId === 0 ? 0 : (of.nationalId % 100_000) + 1);
  addKey(keys, rule['last4+year'], last4, year);
  addKey(keys, rule['last4+family'], last4, family);
  addKey(keys, rule['last4+given'], last4, given);
  addKey(keys, rule['last4+monthDay'], last4, monthDay);
  addKey(keys, rule.last4, last4);
  if (of.phone !== 0) addPhoneKey(keys, of.phone);
  addKey(keys, rule.email, of.email);
  addIdentifierKeys(keys, store, row);
  addKey(keys, rule['birthDate+family'], wholeDate, family);
  for (let i = 1; i <= words; i++) addKey(keys, rule['birthDate+family'], wholeDate, part(i));
  addKey(keys, rule['birthDate+given'], wholeDate, given);
  if (of.isFullMiddle) addKey(keys, rule['birthDate+given'], wholeDate, middle);
  addKey(keys, rule.house, street, house, postal === 0 ? city : postal);
  addKey(keys, rule['given+family+year'], pair, year);
  for (let i = 1; i <= words; i++) addKey(keys, rule['given+family+year'], unordered(given, part(i)), year);
  addKey(keys, rule['given+family+postalCode'], pair, postal);
  addKey(keys, rule['given+family+monthDay'], pair, monthDay);
  addKey(keys, rule['birthDate+sound'], wholeDate, sound);
  addKey(keys, rule['birthDate+prefix'], wholeDate, given3);
  addKey(keys, rule['birthDate+prefix'], wholeDate, family3);
  addKey(keys, rule['birthDate+postalCode'], wholeDate, postal);
  addKey(keys, rule['prefixes+monthDay'], prefixPair, monthDay);
  addKey(keys, rule['prefixes+yearMonth'], prefixPair, yearMonth);
  addKey(keys, rule['street+given'], street, given, house);
  addKey(keys, rule['houseNumber+names'], house, given, family);
  addKey(keys, rule['family+postalCode+year'], family, postal, year);
  addKey(keys, rule['family+postalCode+monthDay'], family, postal, monthDay);
  addKey(keys, rule['given+postalCode+year'], given, postal, year);
  addKey(keys, rule['prefix+family+postalCode'], given3, family, postal);
  addKey(keys, rule['given+familyPrefix+monthDay'], given, family3, monthDay);
  addKey(keys, rule['street+family+year'], street, family, year);
  addKey(keys, rule['prefix+family+year'], given3, family, year);
  addKey(keys, rule['sounds+year'], sound, givenSound, year);
  addKey(keys, rule['birthDate+street'], wholeDate, street);
  addKey(keys, rule['given+family'], pair);
  for (let i = 1; i <= words; i++) addKey(keys, rule['given+family'], unordered(given, part(i)));
  addKey(keys, rule.prefixes, prefixPair);
  addKey(keys, rule.birthDate, wholeDate);
  addKey(keys, rule['given+year'], given, year);
  addKey(keys, rule['family+year'], family, year);
  addKey(keys, rule['given+monthDay'], given, monthDay);
  addKey(keys, rule['family+monthDay'], family, monthDay);
  addKey(keys, rule['given+postalCode'], given, postal);
  addKey(keys, rule['family+postalCode'], family, postal);
  addKey(keys, rule['given+city'], given, city);
  if (of.phone !== 0) addKey(keys, rule['phoneEnd+prefix'], (of.phone % 1e6) + 1, prefixHash(store.names, given, 2));
  addKey(keys, rule['street+initial'], street, prefixHash(store.names, given, 1));
  addKey(keys, rule['yearMonth+postalCode'], yearMonth, postal);
  addKey(keys, rule['street+postalCode'], street, postal);
  if (middle !== 0) addKey(keys, rule['given+middle+year'], unordered(given, middle), year);
  addKey(keys, rule['houseNumber+street+year'], house, street, year);
  addKey(keys, rule.sounds, sound, givenSound);
  if (of.isFullMiddle) addKey(keys, rule['middle+family'], middle, family);
  addExtraKeys(keys, store, row, of, true);
  addKey(keys, rule['birthDate+given'], wholeDate, family);
  addKey(keys, rule['birthDate+family'], wholeDate, given);
  addKey(keys, rule.family, family);
  addKey(keys, rule.given, given);
  addKey(keys, rule.street, street);
  addKey(keys, rule.familySound, sound);
  addKey(keys, rule['houseNumber+city'], house, city);
  addKey(keys, rule['postalCode+year'], postal, year);
  addKey(keys, rule['city+monthDay'], city, monthDay);
  addKey(keys, rule['city+year'], city, year);
  addKey(keys, rule['houseNumber+postalCode'], house, postal);
  addKey(keys, rule['prefix+city'], given3, city);
  addKey(keys, rule['prefix+postalCode'], given3, postal);
  addKey(keys, rule['familyPrefix+city'], family3, city);
  addKey(keys, rule['familyPrefix+postalCode'], family3, postal);
  addKey(keys, rule['familyPrefix+houseNumber'], family3, house);
  addKey(keys, rule['prefix+houseNumber'], given3, house);
}
