import { createKeyList, keyRules, writeKeys } from '../index/blocking-keys.js';
import { shared } from '../index/dictionary.js';
import { type RecordStore } from '../index/record-store.js';
import { column, firstRow, flag, rowInts } from '../index/row-layout.js';

/** One blocking rule over a whole file: rows ordered by key, so that a block is a run, and a row's partners follow it in its run. */
interface RuleBlocks {
  readonly order: Uint32Array;
  /** Run that each place of `order` belongs to ends here (exclusive), for places inside a run worth comparing; 0 elsewhere. */
  readonly ends: Uint32Array;
  /** Place of each row in `order` plus one, 0 when the row has no key or its block is left out; more places of one row are linked. */
  readonly places: Uint32Array;
  readonly nextPlace: Uint32Array;
}

export interface BlockingReport {
  readonly rule: string;
  readonly kind: string;
  readonly limit: number;
  readonly pairs: number;
  readonly blocksLeftOut: number;
}

/** Blocks of a whole file, ready to enumerate each record's candidates. */
export interface FileBlocks {
  readonly rules: readonly RuleBlocks[];
  readonly report: readonly BlockingReport[];
  readonly lastRow: number;
}

export interface BlockingLimits {
  /** Largest block of a `whole` rule; larger ones are split by the rules with a further value. */
  readonly wholeBlock: number;
  readonly looseBlock: number;
  /** How many pairs, counted with repetition, the loose and wide rules may add for each record. */
  readonly pairsPerRecord: number;
}

export const defaultLimits: BlockingLimits = { wholeBlock: 400, looseBlock: 60, pairsPerRecord: 30 };

/**
 * Blocks a whole file by every rule. Whole rules are taken up to a block limit; loose and wide rules rarest first while the budget
 * lasts, each with the largest block limit that still fits: the keys are chosen from the data.
 */
export function blockFile(store: RecordStore, limits: BlockingLimits = defaultLimits): FileBlocks {
  const keyed = collectKeys(store);
  const records = Math.max(1, store.live);
  const report: BlockingReport[] = [];
  const rules: RuleBlocks[] = [];
  let budget = Math.max(limits.pairsPerRecord * records, 1_500_000);
  const entered = keyed.map(({ hashes, rows }, rule) => ({ rule, sorted: sortByHash(hashes, rows) }));
  const enter = (rule: number, sorted: SortedKeys, limit: number): void => {
    const counted = countPairs(sorted, limit);
    rules.push(toBlocks(sorted, limit, store.size));
    report.push({ rule: keyRules[rule]?.name ?? '', kind: keyRules[rule]?.kind ?? '', limit, ...counted });
  };
  for (const { rule, sorted } of entered) if (keyRules[rule]?.kind === 'whole') enter(rule, sorted, limits.wholeBlock);
  for (const kind of ['loose', 'wide'] as const) {
    const candidates = entered
      .filter(({ rule, sorted }) => keyRules[rule]?.kind === kind && sorted.rows.length > 0)
      .map((each) => ({ ...each, pairs: countPairs(each.sorted, limits.looseBlock).pairs }))
      .sort((a, b) => a.pairs - b.pairs);
    for (const { rule, sorted } of candidates) {
      const limit = [limits.looseBlock, limits.looseBlock >> 1, limits.looseBlock >> 2].find(
        (size) => countPairs(sorted, size).pairs <= budget / 4,
      );
      if (limit === undefined) continue;
      budget -= countPairs(sorted, limit).pairs;
      enter(rule, sorted, limit);
    }
  }
  return { rules, report, lastRow: store.size };
}

/**
 * Calls `visit` once for every later row that shares a block with `row`. `stamps` holds one integer a row, and is written.
 */
export function forEachCandidate(
  blocks: FileBlocks,
  row: number,
  stamps: Uint32Array,
  visit: (other: number) => void,
): void {
  for (const { order, ends, places, nextPlace } of blocks.rules) {
    for (let place = places[row] as number; place !== 0; place = nextPlace[place - 1] as number) {
      const end = ends[place - 1] as number;
      for (let i = place; i < end; i++) {
        const other = order[i] as number;
        if (other <= row || stamps[other] === row) continue;
        stamps[other] = row;
        visit(other);
      }
    }
  }
}

interface SortedKeys {
  readonly hashes: Uint32Array;
  readonly rows: Uint32Array;
}

function collectKeys(store: RecordStore): { hashes: number[]; rows: number[] }[] {
  const collected = keyRules.map(() => ({ hashes: [] as number[], rows: [] as number[] }));
  const keys = createKeyList();
  for (let row = firstRow; row < store.size; row++) {
    const at = row * rowInts;
    if (((store.rows[at + column.flags] as number) & flag.gone) !== 0) continue;
    writeKeys(store, row, keys);
    const owner = store.rows[at + column.owner] as number;
    for (let i = 0; i < keys.count; i++) {
      const rule = collected[keys.rules[i] as number];
      rule?.hashes.push(keys.hashes[i] as number);
      rule?.rows.push(owner);
    }
  }
  return collected;
}

/** Least-significant-digit radix sort by hash, eleven bits a pass; stable, so rows stay ascending within a block. */
function sortByHash(hashList: readonly number[], rowList: readonly number[]): SortedKeys {
  let hashes = Uint32Array.from(hashList);
  let rows = Uint32Array.from(rowList);
  let otherHashes = new Uint32Array(hashes.length);
  let otherRows = new Uint32Array(rows.length);
  const starts = new Uint32Array(2049);
  for (let shift = 0; shift < 32; shift += 11) {
    starts.fill(0);
    for (const hash of hashes)
      starts[((hash >>> shift) & 2047) + 1] = (starts[((hash >>> shift) & 2047) + 1] as number) + 1;
    for (let i = 1; i <= 2048; i++) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
    for (let i = 0; i < hashes.length; i++) {
      const digit = ((hashes[i] as number) >>> shift) & 2047;
      const place = starts[digit] as number;
      starts[digit] = place + 1;
      otherHashes[place] = hashes[i] as number;
      otherRows[place] = rows[i] as number;
    }
    [hashes, otherHashes] = [otherHashes, hashes];
    [rows, otherRows] = [otherRows, rows];
  }
  return { hashes, rows };
}

function forEachRun({ hashes }: SortedKeys, visit: (from: number, to: number) => void): void {
  for (let from = 0; from < hashes.length;) {
    let to = from + 1;
    while (to < hashes.length && hashes[to] === hashes[from]) to++;
    visit(from, to);
    from = to;
  }
}

function countPairs(sorted: SortedKeys, limit: number): { pairs: number; blocksLeftOut: number } {
  let pairs = 0;
  let blocksLeftOut = 0;
  forEachRun(sorted, (from, to) => {
    if (to - from > limit) blocksLeftOut++;
    else pairs += ((to - from) * (to - from - 1)) / 2;
  });
  return { pairs, blocksLeftOut };
}

function toBlocks(sorted: SortedKeys, limit: number, rows: number): RuleBlocks {
  const ends = shared(Uint32Array, sorted.rows.length);
  const places = shared(Uint32Array, rows);
  const nextPlace = shared(Uint32Array, sorted.rows.length);
  forEachRun(sorted, (from, to) => {
    if (to - from < 2 || to - from > limit) return;
    for (let i = from; i < to; i++) {
      const row = sorted.rows[i] as number;
      ends[i] = to;
      nextPlace[i] = places[row] as number;
      places[row] = i + 1;
    }
  });
  const order = shared(Uint32Array, sorted.rows.length);
  order.set(sorted.rows);
  return { order, ends, places, nextPlace };
}
