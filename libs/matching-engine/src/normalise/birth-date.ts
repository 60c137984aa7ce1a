/**
 * A date of birth packed as `year · 512 + month · 32 + day`; a part that is not recorded is 0 and is never imputed. 0 is no date.
 * The packing keeps the order of dates.
 */
export type PackedDate = number;

export const yearOf = (date: PackedDate): number => date >> 9;
export const monthOf = (date: PackedDate): number => (date >> 5) & 15;
export const dayOf = (date: PackedDate): number => date & 31;

/** @throws RangeError never: parts out of range make no date. */
export function packDate(year: number, month: number, day: number): PackedDate {
  if (!(year >= 1850 && year <= 2150)) return 0;
  if (!(month >= 0 && month <= 12 && day >= 0 && day <= 31)) return 0;
  if (month === 0) return year << 9;
  return (year << 9) | (month << 5) | day;
}

const placeholders = new Set([packDate(1900, 1, 1), packDate(1901, 1, 1), packDate(1850, 1, 1)]);
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Reads `1980-03-07`, `19800307`, `1980-03`, `1980`, FHIR and HL7 v2 timestamps, `03/07/1980` (month first, unless the first number
 * cannot be one) and `7 Mar 1980`. Placeholders (1900-01-01) and what cannot be read are 0: missing, not a disagreement.
 */
export function parseBirthDate(text: string | undefined): PackedDate {
  const trimmed = (text ?? '').trim();
  const date = read(trimmed);
  return placeholders.has(date) ? 0 : date;
}

function read(text: string): PackedDate {
  const iso = /^(\d{4})[-/.]?(?:(\d{1,2})[-/.]?(?:(\d{1,2})(?:[T ]?\d.*)?)?)?$/.exec(text);
  if (iso !== null) return packSwappable(Number(iso[1]), Number(iso[2] ?? 0), Number(iso[3] ?? 0));
  const numbers = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(text);
  if (numbers !== null) return packSwappable(Number(numbers[3]), Number(numbers[1]), Number(numbers[2]));
  const words =
    /^(\d{1,2})[- ]([A-Za-z]{3,9})[- ,]+(\d{4})$/.exec(text) ?? /^([A-Za-z]{3,9}) (\d{1,2}),? (\d{4})$/.exec(text);
  if (words === null) return readMangled(text);
  const [day, month] = /^\d/.test(words[1] ?? '') ? [words[1], words[2]] : [words[2], words[1]];
  return packDate(Number(words[3]), months.indexOf((month ?? '').slice(0, 3).toLowerCase()) + 1, Number(day));
}

/** A date with stray characters (`19o80-03-7`, `192211-09`): its eight digits, or the year alone when they make no date. */
function readMangled(text: string): PackedDate {
  const digits = text.replace(/\D/g, '');
  if (digits.length !== 8) return 0;
  return packSwappable(Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6)));
}

function packSwappable(year: number, month: number, day: number): PackedDate {
  if (month > 12 && day <= 12 && day > 0 && month <= 31) return packDate(year, day, month);
  return packDate(year, month, day) || packDate(year, month > 12 ? 0 : month, 0);
}
