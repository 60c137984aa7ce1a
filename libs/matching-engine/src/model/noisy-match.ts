import { type FieldDefinition, levelGroups } from '../compare/fields.js';

/** How much likelier an error is in a badly recorded match than in a well recorded one. */
export const noiseFactor = 4;

/** Levels that are no errors of recording: agreement, and what changes in a life or between sources by custom. By field; others: level 1. */
const faithful: Readonly<Record<string, ReadonlySet<number>>> = {
  given: new Set([1, 2, 3, 10, 11, 12, 13, 17]),
  family: new Set([1, 3, 8, 10, 12, 17]),
  birthDate: new Set([1, 13]),
  middle: new Set([1, 2]),
  suffix: new Set([1, 2]),
  nationalId: new Set([1, 5]),
  phone: new Set([1, 3]),
  email: new Set([1, 3]),
  address: new Set([1, 2, 4, 5, 6, 7]),
  identifier: new Set([1, 2]),
};

export function isError({ name }: FieldDefinition, level: number): boolean {
  const levels = faithful[name];
  return levels === undefined ? level !== 1 : !levels.has(level);
}

/**
 * P(level | badly recorded match): errors are `noiseFactor` times as likely against agreement as in the match class. Errors come in
 * clusters (a hurried desk, a scanned form), so that two errors in one pair are likelier than independent fields would have it; with
 * two kinds of match, one of them derived, a noisy pair is still a match and a clean pair with one error is not excused too lightly.
 */
export function noisyRow(field: FieldDefinition, match: readonly number[]): number[] {
  const row = match.map((p, i) => (isError(field, i + 1) ? p * noiseFactor : p));
  for (const [from, to] of levelGroups(field)) {
    const before = match.slice(from, to).reduce((sum, p) => sum + p, 0);
    const after = row.slice(from, to).reduce((sum, p) => sum + p, 0);
    for (let i = from; i < to; i++) row[i] = ((row[i] ?? 0) * before) / after;
  }
  return row;
}
