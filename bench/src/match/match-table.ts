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
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(columns.map(([head]) => head)),
    row(columns.map(() => '---')),
    ...measures.map((measure) => row(columns.map(([, cell]) => cell(measure)))),
  ].join('\n');
}

const share = (value: number): string => value.toFixed(4);
