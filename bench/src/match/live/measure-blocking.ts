import {
  addRecord,
  blockFile,
  createRecordFile,
  type FileBlocks,
  forEachCandidate,
  type MatchIndex,
} from '@hie/matching-engine';

import { exactFigure, type Figure } from '../../shared/figure.js';
import { type TrueRecord } from './feed-people.js';

/** What a blocking rule finds and costs. */
export interface RuleMeasure {
  readonly rule: string;
  readonly kind: string;
  /** Share of the pairs of records of one person that it brings together. */
  readonly recall: number;
  /** Share that no other rule brings together. */
  readonly only: number;
  /** Pairs that it compares for each record. */
  readonly pairsPerRecord: number;
}

/** How much of what belongs together the blocks of a batch bring together, in all and by rule. */
export function measureBatchBlocks(records: readonly TrueRecord[]): { figures: Figure[]; rules: RuleMeasure[] } {
  const file = createRecordFile({ capacity: records.length });
  for (const { record } of records) addRecord(file, record);
  const { store } = file.comparer;
  const blocks = blockFile(store);
  const personOf = (row: number): string => records[file.numbers[row] ?? -1]?.personId ?? '';
  const all = truePairs(records);
  const foundBy = new Map<number, number>();
  const measured = blocks.report.map(({ rule, kind, pairs }, i) => {
    const found: number[] = [];
    forEachPair({ ...blocks, rules: blocks.rules.slice(i, i + 1) }, file.rows, store.size, (a, b) => {
      if (personOf(a) !== personOf(b)) return;
      const pair = a * store.size + b;
      found.push(pair);
      foundBy.set(pair, (foundBy.get(pair) ?? 0) + 1);
    });
    return { rule, kind, pairs, found };
  });
  let candidates = 0;
  forEachPair(blocks, file.rows, store.size, () => candidates++);
  const rules = measured.map(({ rule, kind, pairs, found }) => ({
    rule,
    kind,
    recall: found.length / all,
    only: found.filter((pair) => foundBy.get(pair) === 1).length / all,
    pairsPerRecord: pairs / records.length,
  }));
  const label = records.length.toLocaleString('en-US');
  const figures = [
    exactFigure({ name: `blocks of ${label}: recall`, value: foundBy.size / all, unit: '' }),
    exactFigure({ name: `blocks of ${label}: candidates`, value: candidates / records.length, unit: 'pairs/record' }),
  ];
  return { figures, rules };
}

function forEachPair(
  blocks: FileBlocks,
  rows: Uint32Array,
  size: number,
  visit: (row: number, other: number) => void,
): void {
  const stamps = new Uint32Array(size);
  for (const row of rows) if (row !== 0) forEachCandidate(blocks, row, stamps, (other) => visit(row, other));
}

function truePairs(records: readonly TrueRecord[]): number {
  const counts = new Map<string, number>();
  let pairs = 0;
  for (const { personId } of records) {
    const before = counts.get(personId) ?? 0;
    pairs += before;
    counts.set(personId, before + 1);
  }
  return pairs;
}

/** Everything a search compares, however improbable. */
const everything = { minProbability: 0, limit: Number.MAX_SAFE_INTEGER } as const;

/** Look-ups by records that are not stored: of the stored records of that person, how many each rule of the index finds. */
export function measureIndexRules(
  index: MatchIndex,
  queries: readonly TrueRecord[],
  rowsOf: (personId: string) => readonly number[],
): RuleMeasure[] {
  const stored = queries.map(({ personId }) => new Set(rowsOf(personId)));
  const all = stored.reduce((sum, rows) => sum + rows.size, 0);
  const heard = queries.map(() => new Map<number, number>());
  const byRule = index.rules.map(({ name, kind }) => {
    const hits: [query: number, row: number][] = [];
    let compared = 0;
    queries.forEach(({ record }, i) => {
      const { candidates } = index.search(record, { ...everything, byRules: [name] });
      compared += candidates.length;
      for (const { row } of candidates) {
        if (!stored[i]?.has(row)) continue;
        hits.push([i, row]);
        heard[i]?.set(row, (heard[i]?.get(row) ?? 0) + 1);
      }
    });
    return { name, kind, hits, compared };
  });
  return byRule.map(({ name, kind, hits, compared }) => ({
    rule: name,
    kind,
    recall: hits.length / all,
    only: hits.filter(([i, row]) => heard[i]?.get(row) === 1).length / all,
    pairsPerRecord: compared / queries.length,
  }));
}

/** How many of the stored records of a person look-ups find, and how often the first that they name is one of them. */
export function lookUpFigures(
  label: string,
  index: MatchIndex,
  queries: readonly TrueRecord[],
  rowsOf: (personId: string) => readonly number[],
): Figure[] {
  const counted = { known: 0, first: 0, stored: 0, met: 0, compared: 0 };
  for (const { record, personId } of queries) {
    const rows = new Set(rowsOf(personId));
    const { candidates } = index.search(record, everything);
    counted.compared += candidates.length;
    if (rows.size === 0) continue;
    counted.known++;
    counted.stored += rows.size;
    counted.met += candidates.filter(({ row }) => rows.has(row)).length;
    if (rows.has(candidates[0]?.row ?? 0)) counted.first++;
  }
  return [
    exactFigure({ name: `index of ${label}: recall of look-ups`, value: counted.met / counted.stored, unit: '' }),
    exactFigure({
      name: `index of ${label}: look-ups whose first candidate is the right person`,
      value: counted.first / counted.known,
      unit: '',
    }),
    exactFigure({
      name: `index of ${label}: records compared`,
      value: counted.compared / queries.length,
      unit: 'a look-up',
    }),
  ];
}
