import { dayOf, monthOf, type PackedDate, yearOf } from '../normalise/birth-date.js';
import { digitDistance } from '../text/osa-distance.js';

/**
 * The level of two dates of birth (`fixedFields`, birthDate). What a clerk does to a date comes first (a digit, a swap, a year or a
 * decade off, 1 January for an unknown day), what only a family has in common last (years apart).
 */
export function birthDateLevel(a: PackedDate, b: PackedDate, oneIsNewborn: boolean): number {
  if (a === 0 || b === 0) return 0;
  const monthA = monthOf(a);
  const dayA = dayOf(a);
  if (a === b) return monthA === 0 || dayA === 0 ? 13 : 1;
  const yearA = yearOf(a);
  const yearB = yearOf(b);
  const monthB = monthOf(b);
  const dayB = dayOf(b);
  const years = Math.abs(yearA - yearB);
  const isPartial = monthA === 0 || monthB === 0 || dayA === 0 || dayB === 0;
  if (isPartial) return partialLevel(a, b, years);
  if (monthA === monthB && dayA === dayB) {
    if (years === 1) return 4;
    if (years % 10 === 0) return 12;
  }
  if (years === 0 && monthA === dayB && dayA === monthB) return 3;
  const digits = digitDistance(yearA * 10_000 + monthA * 100 + dayA, yearB * 10_000 + monthB * 100 + dayB, 8);
  if (digits <= 1) return 2;
  if (years === 0 && ((monthA === 1 && dayA === 1) || (monthB === 1 && dayB === 1))) return 5;
  if (oneIsNewborn && Math.abs(dayNumber(yearA, monthA, dayA) - dayNumber(yearB, monthB, dayB)) <= 3) return 6;
  if (Number(years === 0) + Number(monthA === monthB) + Number(dayA === dayB) === 2) return 7;
  if (digits === 2) return 8;
  return years <= 1 ? 9 : years < 16 ? 10 : 11;
}

/** Parts not recorded are not compared, and never imputed. */
function partialLevel(a: PackedDate, b: PackedDate, years: number): number {
  const agrees = (x: number, y: number): boolean => x === 0 || y === 0 || x === y;
  if (years === 0 && agrees(monthOf(a), monthOf(b)) && agrees(dayOf(a), dayOf(b))) return 13;
  if (years > 1 && years < 100 && years % 10 === 0) return 12;
  if (years > 1 && digitDistance(yearOf(a), yearOf(b), 4) <= 1) return 2;
  return years <= 1 ? 9 : years < 16 ? 10 : 11;
}

function dayNumber(year: number, month: number, day: number): number {
  return year * 372 + month * 31 + day;
}
