import { type Random, chance, pick } from '../random/random.js';
import { draw } from '../random/weighted.js';
import { accented } from './accents.js';
import { type Culture, isHeritage } from './culture.js';
import { type Sex, givenNamesAtBirth, givenNamesOfResidents, heritageGivenNames } from './name-tables.js';
import { rareName } from './rare-name.js';

// Share of births whose name is outside the table's 1,700 names a sex: SSA's own counts of the remainder, by era.
const RARE = { european: 0.05, 'african-american': 0.14, hispanic: 0.05, other: 0.02 } as const;

/**
 * The name given to a child of a tradition, a sex and a year of birth.
 *
 * Traditions that immigrated recently keep their own names among the older and take the country's names among the younger; Korean
 * and Chinese given names are mostly two syllables, written joined, apart or with a hyphen.
 */
export function drawGivenName(random: Random, culture: Culture, sex: Sex, birthYear: number): string {
  const isRare = chance(random, isHeritage(culture) ? RARE.other : RARE[culture]);
  const ownList = chance(random, birthYear >= 1985 ? 0.45 : 0.9);
  if (isHeritage(culture) && ownList) return heritageName(random, culture, sex);
  const immigrated = culture === 'hispanic' && birthYear < 1995 && ownList;
  const table = immigrated ? givenNamesOfResidents(culture, sex) : givenNamesAtBirth(culture, sex, birthYear);
  if (isRare) return rareName(random, table);
  const name = draw(random, table);
  return culture === 'hispanic' ? accented(name) : name;
}

function heritageName(random: Random, culture: Parameters<typeof heritageGivenNames>[0], sex: Sex): string {
  const table = heritageGivenNames(culture, sex);
  const first = draw(random, table);
  if (culture !== 'korean' && culture !== 'chinese') return first;
  const second = draw(random, table);
  if (!chance(random, 0.6) || first.length + second.length > 9 || first === second) return first;
  return culture === 'korean' ? `${first}-${second}` : first + second.toLowerCase();
}

/** How likely a person of a tradition has a middle name at all. */
const MIDDLE: Readonly<Record<Culture, number>> = {
  european: 0.9,
  'african-american': 0.85,
  hispanic: 0.6,
  chinese: 0.2,
  vietnamese: 0.75,
  korean: 0.15,
  'south-asian': 0.4,
  filipino: 0.8,
  arabic: 0.5,
};

const VIETNAMESE_MIDDLE = {
  F: ['Thi', 'Ngoc', 'Thi', 'Kim', 'Thanh'],
  M: ['Van', 'Duc', 'Minh', 'Huu', 'Quoc'],
} as const;

/**
 * A middle name, or the empty string. `motherFamily` is used the Filipino way (the mother's surname is the child's middle name) and
 * now and then in the other traditions.
 */
export function drawMiddleName(
  random: Random,
  culture: Culture,
  sex: Sex,
  birthYear: number,
  motherFamily: string,
): string {
  const has = chance(random, MIDDLE[culture]);
  const fromMother = chance(random, culture === 'filipino' ? 0.85 : 0.04);
  if (!has) return '';
  if (fromMother && motherFamily !== '') return motherFamily;
  if (culture === 'vietnamese') return pick(random, VIETNAMESE_MIDDLE[sex]);
  return drawGivenName(random, culture, sex, birthYear);
}
