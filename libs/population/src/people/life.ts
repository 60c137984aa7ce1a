import { DAYS_A_YEAR, type Day, dateOf } from '../calendar.js';
import { type Culture } from '../names/culture.js';
import { drawFamilyName, drawMarriedName } from '../names/family-name.js';
import { type Sex } from '../names/name-tables.js';
import { nicknamesOf } from '../names/variants.js';
import { type Address } from '../places/address.js';
import { drawPhone } from '../places/contact.js';
import { type Place, drawAddress, drawPlace } from '../places/place.js';
import { type Random, below, between, chance, fraction, pick, sometimes } from '../random/random.js';
import { type Since } from './person.js';

/** The day somebody reaches an age. */
export const onAge = (birthDay: Day, years: number): Day => birthDay + Math.floor(years * DAYS_A_YEAR);

/** Year of birth, for the name tables. */
export const birthYear = (birthDay: Day): number => dateOf(birthDay)[0];

/** One home after another: about one household in nine moves in a year, seven of ten moves stay in the region's same place. */
export function drawHomes(random: Random, place: Place, since: Day, asOf: Day): readonly Since<Address>[] {
  const moves = chance(random, 0.55) ? (chance(random, 0.4) ? (chance(random, 0.4) ? 3 : 2) : 1) : 0;
  const days = [since];
  for (let i = 0; i < 3; i += 1) {
    const day = asOf - Math.floor(fraction(random) * fraction(random) * 16 * DAYS_A_YEAR);
    if (i < moves && day > since) days.push(day);
  }
  days.sort((a, b) => a - b);
  return days.map((from, i) => {
    const staysInPlace = i === days.length - 1 || chance(random, 0.7);
    return { from, value: drawAddress(random, staysInPlace ? place : drawPlace(random)) };
  });
}

/** One or two phone numbers in a life; four adults in five keep theirs. */
export function drawPhones(random: Random, place: Place, from: Day, asOf: Day): readonly Since<string>[] {
  const phones = [{ from, value: drawPhone(random, place.areaCodes) }];
  sometimes(random, 0.2, (own) => {
    const changed = asOf - between(own, 30, 3600);
    if (changed > from) phones.push({ from: changed, value: drawPhone(own, place.areaCodes) });
  });
  return phones;
}

/** The names of a woman who lives alone and may have been married, or of anybody else, who keeps the name of birth. */
export function drawFormerMarriage(
  random: Random,
  sex: Sex,
  culture: Culture,
  birthName: string,
  birthDay: Day,
  asOf: Day,
): readonly Since<string>[] {
  const names: Since<string>[] = [{ from: birthDay, value: birthName }];
  sometimes(random, sex === 'F' ? 0.4 : 0, (own) => {
    const married = onAge(birthDay, 20 + fraction(own) * 15);
    const divorced = married + between(own, 900, 6000);
    const marriedName = drawMarriedName(own, culture, birthName, drawFamilyName(own, culture));
    if (married >= asOf || marriedName === birthName) return;
    names.push({ from: married, value: marriedName });
    if (chance(own, 0.25) && divorced < asOf) names.push({ from: divorced, value: birthName });
  });
  return names;
}

/** The last four digits of a Social Security number, or empty for the one in fourteen without. */
export function drawSsnLast4(random: Random): string {
  const has = chance(random, 0.93);
  const digits = String(below(random, 9999) + 1).padStart(4, '0');
  return has ? digits : '';
}

/** The short form somebody is called by; empty for most. */
export function drawNickname(random: Random, given: string): string {
  const shorts = nicknamesOf(given);
  const uses = chance(random, 0.35);
  return shorts.length > 0 && uses ? pick(random, shorts) : '';
}

/** The day of death of somebody old, within the last four years; most are alive. */
export function drawDeath(random: Random, birthDay: Day, asOf: Day): Day | undefined {
  const years = (asOf - birthDay) / DAYS_A_YEAR;
  const died = chance(random, Math.max(0.002, (years - 66) * 0.007));
  const day = asOf - between(random, 1, 1400);
  return died && years > 20 ? day : undefined;
}
