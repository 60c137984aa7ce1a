import { compareRecords } from '../compare/compare-records.js';
import { type Comparer } from '../compare/compare-rows.js';
import { type FileBlocks, forEachCandidate } from './candidate-pairs.js';
import { randomSource } from './random-source.js';
import { type PairFilter } from './stranger-tables.js';

/** Candidate pairs drawn for training, with the rows they come from and their level vectors. */
export interface DrawnPairs {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly levels: Uint8Array;
  readonly count: number;
  /** Share of all records whose candidates are in the sample. */
  readonly rate: number;
}

export interface DrawOptions {
  readonly seed: number;
  /** Records are drawn until there are this many pairs. */
  readonly max: number;
  readonly isPairWanted: PairFilter;
  readonly fields: number;
}

/** Draws records in random order and takes all candidates of each: the pairs are a fair sample of all candidate pairs. */
export function drawPairs(
  comparer: Comparer,
  blocks: FileBlocks,
  records: Uint32Array,
  options: DrawOptions,
): DrawnPairs {
  const order = shuffled(records, options.seed);
  const stamps = new Uint32Array(comparer.store.size);
  const a: number[] = [];
  const b: number[] = [];
  let used = 0;
  for (; used < order.length && a.length < options.max; used++) {
    const row = order[used] as number;
    forEachCandidate(blocks, row, stamps, (other) => {
      if (!options.isPairWanted(row, other)) return;
      a.push(row);
      b.push(other);
    });
  }
  const levels = new Uint8Array(a.length * options.fields);
  for (let i = 0; i < a.length; i++)
    compareRecords(comparer, a[i] as number, b[i] as number, levels, i * options.fields);
  return {
    a: Uint32Array.from(a),
    b: Uint32Array.from(b),
    levels,
    count: a.length,
    rate: used / Math.max(1, order.length),
  };
}

function shuffled(rows: Uint32Array, seed: number): Uint32Array {
  const order = rows.slice();
  const random = randomSource(seed);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}
