/**
 * Days are counted from 1970-01-01 in the proleptic Gregorian calendar: plain integers, so that ages, moves and registrations are
 * compared and added without time zones.
 */
export type Day = number;

/** Days of an average year, to turn years into days where the day itself does not matter. */
export const DAYS_A_YEAR = 365.25;

/** The day number of a calendar date. Algorithm `days_from_civil` of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
export function dayOf(year: number, month: number, date: number): Day {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** Year, month 1–12 and date 1–31 of a day number: the inverse of {@link dayOf}. */
export function dateOf(day: Day): readonly [year: number, month: number, date: number] {
  const z = day + 719468;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1];
}

/** `YYYY-MM-DD`, as FHIR `date` and the flat record write it. */
export function isoDate(day: Day): string {
  const [year, month, date] = dateOf(day);
  return `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${date < 10 ? '0' : ''}${date}`;
}

/** The day number of `YYYY-MM-DD`. @throws RangeError when the text is not such a date. */
export function parseIsoDate(text: string): Day {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  const day = dayOf(Number(year), Number(month), Number(date));
  if (Number.isNaN(day) || isoDate(day) !== text) throw new RangeError('not a calendar date in the form YYYY-MM-DD');
  return day;
}

/** Whole years from birth to a day. */
export function ageInYears(birth: Day, at: Day): number {
  const [birthYear, birthMonth, birthDate] = dateOf(birth);
  const [year, month, date] = dateOf(at);
  return year - birthYear - (month < birthMonth || (month === birthMonth && date < birthDate) ? 1 : 0);
}
