import { readFileSync } from 'node:fs';

import { matchPlot } from './match-plot.js';
import { matchTable, ruleTable, type ShownMeasure } from './match-table.js';
import { transitiveClosure } from './transitive-closure.js';

const measure = (tool: string, set: string, f1: number): ShownMeasure => ({
  ...{ tool, set, bestF1: f1, seconds: 1.25, peakBytes: 2 ** 29 },
  pairs: { precision: 1, recall: f1, f1 },
});
const measures = [measure('hie-match', 'febrl1', 0.999), measure('splink', 'febrl1', 0.99)];

describe(ruleTable.name, () => {
  it('has a row for each rule of a batch and of an index', () => {
    const rule = { rule: 'phone', kind: 'whole', recall: 0.5, only: 0.001, pairsPerRecord: 1.25 };
    expect(
      ruleTable({ batch: [rule], index: [rule] })
        .split('\n')
        .slice(2),
    ).toEqual([
      '| batch | phone | whole | 0.5000 | 0.00100 | 1.25 |',
      '| index | phone | whole | 0.5000 | 0.00100 | 1.25 |',
    ]);
  });
});

describe(transitiveClosure.name, () => {
  it('puts together whom a chain of pairs joins', () => {
    const clusterOf = transitiveClosure([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
      ['d', 'b'],
    ]);
    const together = (...ids: string[]): number => new Set(ids.map((id) => clusterOf.get(id))).size;
    expect([...clusterOf.keys()].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(together('a', 'b', 'c', 'd')).toBe(1);
    expect(together('a', 'e')).toBe(2);
  });
});

describe(matchTable.name, () => {
  it('has a row for each tool on each set', () => {
    expect(matchTable(measures).split('\n')[2]).toBe(
      '| febrl1 | hie-match | 0.9990 | 1.0000, 0.9990 | 0.9990 | – | 1.3 s | 0.50 GiB |',
    );
    expect(matchTable(measures).split('\n')).toHaveLength(4);
  });
});

describe(matchPlot.name, () => {
  const xOfDots = (svg: string) => [...svg.matchAll(/cx="([\d.]+)" cy="77"/g)].map((found) => Number(found[1]));

  it('puts a tenth of the errors one power of ten further left, and whole runs of one length on one place', () => {
    const [own = 0, peer = 0, ownTime, peerTime] = xOfDots(matchPlot(measures));
    expect(peer - own).toBeCloseTo(75, 0);
    expect(ownTime).toBe(peerTime);
  });

  it('keeps a tool without an error on the axis', () => {
    expect(xOfDots(matchPlot([measure('hie-match', 'febrl1', 1)]))[0]).toBe(150);
  });
});

describe('what the README shows of the last run', () => {
  const at = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const { details } = JSON.parse(at('bench/results/match.json')) as { details: { measures: ShownMeasure[] } };
  const cellsOf = (markdown: string) =>
    markdown.split('\n').flatMap((row) =>
      row.startsWith('|')
        ? [
            row
              .split('|')
              .map((cell) => cell.trim())
              .join('|'),
          ]
        : [],
    );

  it('is its table, row for row', () => {
    const shown = new Set(cellsOf(at('README.md')));
    const [, , ...rows] = cellsOf(matchTable(details.measures));
    expect(rows.filter((row) => !shown.has(row))).toEqual([]);
    expect(rows.length).toBeGreaterThan(8);
  });

  it('is its plot', () => {
    expect(at('README.md').includes('](bench/results/match.svg)')).toBe(true);
    expect(at('bench/results/match.svg')).toBe(matchPlot(details.measures));
  });
});
