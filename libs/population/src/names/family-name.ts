import { type Random, chance } from '../random/random.js';
import { draw } from '../random/weighted.js';
import { accented } from './accents.js';
import { type Culture, isHeritage } from './culture.js';
import { surnamesOf } from './name-tables.js';
import { rareName } from './rare-name.js';

// Share of people whose surname is not among the 12,000 listed, from the cumulative counts of the 2020 Census table by origin.
const RARE = { european: 0.2, 'african-american': 0.08, hispanic: 0.06 } as const;

/** A family name of a tradition. Hispanic households often carry two, the father's first. */
export function drawFamilyName(random: Random, culture: Culture): string {
  const table = surnamesOf(culture);
  const isRare = chance(random, isHeritage(culture) ? 0.02 : RARE[culture]);
  if (isRare) return rareName(random, table);
  const name = draw(random, table);
  if (culture !== 'hispanic') return name;
  const isDouble = chance(random, 0.22);
  const second = draw(random, table);
  return isDouble && second !== name ? `${accented(name)} ${accented(second)}` : accented(name);
}

/**
 * The family name somebody bears after marrying. Rates by custom: about seven in ten women of European descent take the spouse's name,
 * few of Hispanic, Chinese, Korean or Vietnamese tradition do (Pew Research Center 2023); some join both with a hyphen.
 */
export function drawMarriedName(random: Random, culture: Culture, own: string, spouses: string): string {
  const takes = culture === 'european' || culture === 'african-american' || culture === 'filipino' ? 0.72 : 0.2;
  const choice = draw(random, {
    items: ['spouse', 'both', 'own'] as const,
    cumulative: Float64Array.of(takes, takes + 0.07, 1),
  });
  if (choice === 'own' || own === spouses) return own;
  const [plainOwn = own] = own.split(' ');
  const [plainSpouses = spouses] = spouses.split(' ');
  return choice === 'spouse' ? spouses : `${plainOwn}-${plainSpouses}`;
}
