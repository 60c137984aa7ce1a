import { listed, oneLine } from '../terminology/plain-text.js';
import { type CoverageRow, coverageStatuses, hasLooked, isSource } from './coverage-row.js';

export interface CoverageCount {
  /** Sources whose records (of the type asked about) have been looked at. */
  readonly looked: number;
  /** Sources there are, the requester's own record left aside. */
  readonly sources: number;
}

/** How many of how many sources have been looked at: for `type`, or for anything. */
export function countCoverage(rows: readonly CoverageRow[], type?: string): CoverageCount {
  const sources = rows.filter(isSource);
  return { looked: sources.filter((row) => hasLooked(row, type)).length, sources: sources.length };
}

/** Whether every source that may be named has been looked at for `type`, and there is at least one. */
export function isCoverageComplete(rows: readonly CoverageRow[], type?: string): boolean {
  const { looked, sources } = countCoverage(rows, type);
  return sources > 0 && looked === sources;
}

/** "2 of 4 sources" */
export function sourcesPhrase({ looked, sources }: CoverageCount): string {
  return `${looked} of ${sources} ${sources === 1 ? 'source' : 'sources'}`;
}

/**
 * The sentence that stands beside every answer: how many of how many answered, and what became of each other one.
 *
 * @example
 *   coverageStatement(rows);
 *   // '2 of 4 sources answered. Harbor Clinic did not answer in time; Lakeside may not disclose.'
 */
export function coverageStatement(rows: readonly CoverageRow[], type?: string): string {
  const sources = rows.filter(isSource);
  if (sources.length === 0) return 'No source was asked: what others hold about this patient is not known.';

  const quiet = sources.filter((row) => !hasLooked(row, type) || row.status === 'filtered');
  const clauses = quiet.map((row) => `${oneLine(row.name, 80)} ${saidOf(row, type)}`);
  const head = `${sourcesPhrase(countCoverage(rows, type))} answered.`;
  return clauses.length === 0 ? head : `${head} ${listedClauses(clauses)}.`;
}

function saidOf(row: CoverageRow, type: string | undefined): string {
  const { looked, said } = coverageStatuses[row.status];
  return looked && !hasLooked(row, type) ? 'answered only in part' : said;
}

function listedClauses(clauses: readonly string[]): string {
  return clauses.length <= 6 ? clauses.join('; ') : `${clauses.slice(0, 5).join('; ')}; and ${clauses.length - 5} more`;
}

/** "Harbor Clinic and Lakeside": the sources that have not been looked at, for a card's summary. */
export function quietSources(rows: readonly CoverageRow[], type?: string): string {
  return listed(rows.filter((row) => isSource(row) && !hasLooked(row, type)).map((row) => oneLine(row.name, 40)));
}
