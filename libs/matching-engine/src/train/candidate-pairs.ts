import { writeKeys } from '../index/blocking-keys.js';
import { shared } from '../index/dictionary.js';
import { createKeyList } from '../index/key-parts.js';
import { keyRules } from '../index/key-rules.js';
import { type RecordStore } from '../index/record-store.js';
import { column, firstRow, flag, rowInts } from '../index/row-layout.js';
import { countPairs, forEachRun, keepSmallBlocks, sortByHash, type SortedKeys, splitBlocks } from './sorted-keys.js';

/** One blocking rule over a whole file: rows ordered by key, so that a block is a run, and a row's partners follow it in its run. */
interface RuleBlocks {
  /** The last row of each block is marked (`lastOfBlock`), so that to walk a block is to read one run of memory and nothing beside it. */
  readonly order: Uint32Array;
  /**
   * Place of each row in `order` plus one, 0 when nobody follows it there: it has no key, its block is left out, or it is the last. Most
   * reads of a large file's blocks end at that 0, and are spared a line of memory. Further places of a row are linked.
   */
  readonly places: Uint32Array;
  readonly nextPlace: Uint32Array;
}

export interface BlockingReport {
  readonly rule: string;
  readonly kind: string;
  readonly limit: number;
  /** Pairs in its blocks, those that other rules make too among them. */
  readonly pairs: number;
  /** Blocks over the limit that were split by a second value, and those that stayed over it or, of loose and wide rules, were not split. */
  readonly blocksSplit: number;
  readonly blocksLeftOut: number;
}

/** Blocks of a whole file, ready to enumerate each record's candidates. */
export interface FileBlocks {
  readonly rules: readonly RuleBlocks[];
  readonly report: readonly BlockingReport[];
  readonly lastRow: number;
}

export interface BlockingLimits {
  /** Largest block of a `whole` rule; larger ones are split by a further value (`splitBlocks`). */
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
  const report: BlockingReport[] = [];
  const rules: RuleBlocks[] = [];
  const all = collectKeys(store);
  let budget = Math.max(limits.pairsPerRecord * Math.max(1, store.live), 1_500_000);
  for (const kind of ['whole', 'loose', 'wide'] as const) {
    const numbers = keyRules.flatMap((rule, number) => (rule.kind === kind ? [number] : []));
    const chosen: { rule: number; sorted: SortedKeys; pairs: number }[] = [];
    for (let from = 0; from < numbers.length; from += rulesAtOnce) {
      for (const { rule, sorted } of sortedKeys(store, all, numbers.slice(from, from + rulesAtOnce))) {
        if (kind === 'whole') {
          const { kept, pairs, blocksSplit, blocksLeftOut } = splitBlocks(store, sorted, limits.wholeBlock);
          rules.push(toBlocks(kept, store.size));
          const limit = limits.wholeBlock;
          report.push({ rule: keyRules[rule]?.name ?? '', kind, limit, pairs, blocksSplit, blocksLeftOut });
        } else if (sorted.rows.length > 0) {
          const { kept, pairs } = keepSmallBlocks(sorted, limits.looseBlock);
          // Copied, so that the keys left out do not stay in memory until all rules are chosen.
          chosen.push({ rule, sorted: { hashes: kept.hashes.slice(), rows: kept.rows.slice() }, pairs });
        }
      }
    }
    for (const { rule, sorted, pairs: most } of chosen.sort((x, y) => x.pairs - y.pairs)) {
      const limit = [limits.looseBlock, limits.looseBlock >> 1, limits.looseBlock >> 2].find(
        (size) => (size === limits.looseBlock ? most : countPairs(sorted, size)) <= budget / 4,
      );
      if (limit === undefined) continue;
      const { kept, pairs, blocksLeftOut } = keepSmallBlocks(sorted, limit);
      budget -= pairs;
      rules.push(toBlocks(kept, store.size));
      report.push({ rule: keyRules[rule]?.name ?? '', kind, limit, pairs, blocksSplit: 0, blocksLeftOut });
    }
  }
  return { rules, report, lastRow: store.size };
}

/** Added to the last row of a block; rows are fewer. */
const lastOfBlock = 2 ** 31;

/** Rules that are sorted at once: all of them would take another half gigabyte for a million records. */
const rulesAtOnce = 12;

/**
 * Calls `visit` once for every later row that shares a block with `row`. `stamps` holds one integer a row, and is written.
 */
export function forEachCandidate(
  blocks: FileBlocks,
  row: number,
  stamps: Uint32Array,
  visit: (other: number) => void,
): void {
  for (const { order, places, nextPlace } of blocks.rules) {
    for (let place = places[row] ?? 0; place !== 0; place = nextPlace[place - 1] ?? 0) {
      for (let i = place, isLast = false; !isLast; i++) {
        const entry = order[i] as number;
        isLast = entry >= lastOfBlock;
        const other = isLast ? entry - lastOfBlock : entry;
        if (other <= row || stamps[other] === row) continue;
        stamps[other] = row;
        visit(other);
      }
    }
  }
}

/** All keys of all rows in one run: hash and rule of each, and where each row's keys begin. */
interface AllKeys {
  hashes: Uint32Array;
  rules: Uint8Array;
  readonly starts: Uint32Array;
  /** How many keys each rule has. */
  readonly counts: Uint32Array;
}

/** Files above this are blocked without the wide rules, whose blocks would all be too large. */
const widestFile = 300_000;

function collectKeys(store: RecordStore): AllKeys {
  const keys = createKeyList();
  const wide = store.live > widestFile ? keyRules.findIndex(({ kind }) => kind === 'wide') : keyRules.length;
  const all: AllKeys = {
    hashes: new Uint32Array(store.size * 48),
    rules: new Uint8Array(store.size * 48),
    starts: new Uint32Array(store.size + 1),
    counts: new Uint32Array(keyRules.length),
  };
  let used = 0;
  for (let row = firstRow; row < store.size; row++) {
    all.starts[row] = used;
    if (((store.rows[row * rowInts + column.flags] as number) & flag.gone) !== 0) continue;
    writeKeys(store, row, keys);
    if (used + keys.count > all.hashes.length) {
      all.hashes = enlarged(all.hashes, keys.count);
      all.rules = enlarged(all.rules, keys.count);
    }
    for (let i = 0; i < keys.count; i++) {
      if ((keys.rules[i] as number) >= wide) continue;
      const rule = keys.rules[i] as number;
      all.hashes[used] = keys.hashes[i] as number;
      all.rules[used++] = rule;
      all.counts[rule] = (all.counts[rule] as number) + 1;
    }
  }
  all.starts[store.size] = used;
  return all;
}

function enlarged<T extends Uint32Array | Uint8Array>(array: T, least: number): T {
  const bigger = new (array.constructor as new (length: number) => T)(Math.ceil(array.length * 1.4) + least);
  bigger.set(array);
  return bigger;
}

/** The keys of some rules over all rows, each sorted. */
function sortedKeys(
  store: RecordStore,
  all: AllKeys,
  numbers: readonly number[],
): { rule: number; sorted: SortedKeys }[] {
  const place = new Int32Array(keyRules.length).fill(-1);
  numbers.forEach((rule, i) => (place[rule] = i));
  const hashes = numbers.map((rule) => new Uint32Array(all.counts[rule] as number));
  const rows = numbers.map((rule) => new Uint32Array(all.counts[rule] as number));
  const filled = new Uint32Array(numbers.length);
  for (let row = firstRow; row < store.size; row++) {
    const owner = store.rows[row * rowInts + column.owner] as number;
    const end = all.starts[row + 1] as number;
    for (let k = all.starts[row] as number; k < end; k++) {
      const i = place[all.rules[k] as number] as number;
      if (i < 0) continue;
      const at = filled[i] as number;
      filled[i] = at + 1;
      (hashes[i] as Uint32Array)[at] = all.hashes[k] as number;
      (rows[i] as Uint32Array)[at] = owner;
    }
  }
  return numbers.map((rule, i) => ({
    rule,
    sorted: sortByHash(hashes[i] as Uint32Array<ArrayBuffer>, rows[i] as Uint32Array<ArrayBuffer>),
  }));
}

function toBlocks(sorted: SortedKeys, rows: number): RuleBlocks {
  const length = sorted.rows.length;
  const order = shared(Uint32Array, length);
  order.set(sorted.rows);
  const places = shared(Uint32Array, length === 0 ? 0 : rows);
  let nextPlace = shared(Uint32Array, 0);
  forEachRun(sorted, (from, to) => {
    for (let i = from; i < to - 1; i++) {
      const row = order[i] as number;
      if (places[row] !== 0) {
        if (nextPlace.length === 0) nextPlace = shared(Uint32Array, length);
        nextPlace[i] = places[row] as number;
      }
      places[row] = i + 1;
    }
    order[to - 1] = (order[to - 1] as number) + lastOfBlock;
  });
  return { order, places, nextPlace };
}
