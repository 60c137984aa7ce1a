import type { CoverageRow, HeldCoverageRow } from './coverage-row.js';

export interface ReleasePolicy {
  /** Whether the answer may say that something was withheld (obligation of the consent decision). */
  readonly mayTellWithheld: boolean;
}

/**
 * The rows that may be told, in the order of members' names.
 *
 * - A member whose mention would disclose something is left out; every number and sentence is made from what is left.
 * - Where it may not be said that something was withheld, `filtered` becomes `answered`; but the types of which something was
 *   withheld lose their count, as if that search had not been answered. So nobody reads "no allergies there" out of a
 *   redaction, and a withheld record looks like a search that failed.
 */
export function releaseCoverage(rows: readonly HeldCoverageRow[], policy: ReleasePolicy): CoverageRow[] {
  return rows
    .filter((row) => !row.discloses)
    .map((row) => released(row, policy))
    .sort((a, b) => compare(a.name, b.name) || compare(a.memberId, b.memberId));
}

function released(row: HeldCoverageRow, policy: ReleasePolicy): CoverageRow {
  const { discloses: _discloses, withheldTypes = [], ...told } = row;
  const counts = Object.fromEntries(Object.entries(told.counts).filter(([type]) => !withheldTypes.includes(type)));
  if (told.status !== 'filtered' || policy.mayTellWithheld) return { ...told, counts };
  return { ...told, counts, status: 'answered', reason: 'partial' };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
