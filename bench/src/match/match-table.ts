import { type BlockingMeasure } from './live/measure-live.js';
import { type SetMeasure } from './measure-set.js';

/** What the table and the plot show of a tool on a set. */
export type ShownMeasure = Pick<SetMeasure, 'tool' | 'set' | 'pairs' | 'bestF1' | 'clusters' | 'seconds' | 'peakBytes'>;

const columns: readonly (readonly [head: string, cell: (measure: ShownMeasure) => string])[] = [
  ['data', ({ set }) => set],
  ['tool', ({ tool }) => tool],
  ['pairs F1 at 0.95', ({ pairs }) => share(pairs.f1)],
  ['precision, recall', ({ pairs }) => `${share(pairs.precision)}, ${share(pairs.recall)}`],
  ['best F1', ({ bestF1 }) => share(bestF1)],
  ['clusters F1', ({ clusters }) => (clusters === undefined ? '–' : share(clusters.f1))],
  ['whole run', ({ seconds }) => `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`],
  ['peak memory', ({ peakBytes }) => `${(peakBytes / 2 ** 30).toFixed(2)} GiB`],
];

/** A row for each tool on each set, in Markdown. */
export function matchTable(measures: readonly ShownMeasure[]): string {
  return tableOf(
    columns.map(([head]) => head),
    measures.map((measure) => columns.map(([, cell]) => cell(measure))),
  );
}

/** A row for each blocking rule of a batch and of a live index: what it finds, what no other finds, what it costs. */
export function ruleTable({ batch, index }: BlockingMeasure): string {
  const rowsOf = (where: string, rules: BlockingMeasure['batch']): string[][] =>
    rules.map(({ rule, kind, recall, only, pairsPerRecord }) => [
      ...[where, rule, kind, share(recall)],
      ...[only.toFixed(5), pairsPerRecord.toFixed(2)],
    ]);
  return tableOf(
    ['blocks of', 'rule', 'kind', 'recall', 'found by no other', 'pairs a record'],
    [...rowsOf('batch', batch), ...rowsOf('index', index)],
  );
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

const share = (value: number): string => value.toFixed(4);
