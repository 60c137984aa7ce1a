import { mix } from '../index/key-parts.js';
import { type RecordStore } from '../index/record-store.js';
import { column, rowInts } from '../index/row-layout.js';

/** Blocking keys of one rule, sorted: a block is a run of one hash. */
export interface SortedKeys {
  readonly hashes: Uint32Array;
  readonly rows: Uint32Array;
}

/** Least-significant-digit radix sort by hash, eleven bits a pass; stable, so rows stay ascending within a block. */
export function sortByHash(hashes: Uint32Array<ArrayBuffer>, rows: Uint32Array<ArrayBuffer>): SortedKeys {
  let otherHashes = new Uint32Array(hashes.length);
  let otherRows = new Uint32Array(rows.length);
  const starts = new Uint32Array(2049);
  for (let shift = 0; shift < 32; shift += 11) {
    starts.fill(0);
    for (let i = 0; i < hashes.length; i++) {
      const digit = (((hashes[i] as number) >>> shift) & 2047) + 1;
      starts[digit] = (starts[digit] as number) + 1;
    }
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

export function forEachRun({ hashes }: SortedKeys, visit: (from: number, to: number) => void): void {
  for (let from = 0; from < hashes.length;) {
    let to = from + 1;
    while (to < hashes.length && hashes[to] === hashes[from]) to++;
    visit(from, to);
    from = to;
  }
}

/** Pairs in the blocks up to a limit, repetitions among rules included. */
export function countPairs(sorted: SortedKeys, limit: number): number {
  let pairs = 0;
  forEachRun(sorted, (from, to) => {
    if (to - from <= limit) pairs += ((to - from) * (to - from - 1)) / 2;
  });
  return pairs;
}

export interface KeptBlocks {
  readonly kept: SortedKeys;
  readonly pairs: number;
  readonly blocksLeftOut: number;
}

/** Drops, in place, the keys that one row alone has and those of blocks over the limit, whose runs `drop` is told before. */
export function keepSmallBlocks(
  { hashes, rows }: SortedKeys,
  limit: number,
  drop: (from: number, to: number) => void = () => undefined,
): KeptBlocks {
  let used = 0;
  let pairs = 0;
  let blocksLeftOut = 0;
  const { length } = hashes;
  for (let from = 0, to = 1; from < length; from = to, to = from + 1) {
    const hash = hashes[from] as number;
    while (to < length && hashes[to] === hash) to++;
    if (to - from > limit) {
      blocksLeftOut++;
      drop(from, to);
    } else if (to - from >= 2) {
      pairs += ((to - from) * (to - from - 1)) / 2;
      for (let i = from; i < to; i++, used++) {
        hashes[used] = hash;
        rows[used] = rows[i] as number;
      }
    }
  }
  return { kept: { hashes: hashes.subarray(0, used), rows: rows.subarray(0, used) }, pairs, blocksLeftOut };
}

/** What splits a block that is too large: two of its records are still compared when they share any of these as well. */
const secondValues = [column.birthDate, column.given, column.family];

/**
 * Keeps the blocks up to a limit, and splits each larger one by second values: those in a shelter's house, or under its telephone, meet
 * whoever of them has their date of birth or one of their names, instead of nobody.
 */
export function splitBlocks(
  { rows: values }: RecordStore,
  sorted: SortedKeys,
  limit: number,
): KeptBlocks & { readonly blocksSplit: number } {
  const hashes: number[] = [];
  const rows: number[] = [];
  const small = keepSmallBlocks(sorted, limit, (from, to) => {
    const hash = sorted.hashes[from] as number;
    for (const second of secondValues) {
      for (let i = from; i < to; i++) {
        const row = sorted.rows[i] as number;
        const value = values[row * rowInts + second] as number;
        if (value === 0) continue;
        hashes.push(mix(second, hash, value, 1));
        rows.push(row);
      }
    }
  });
  if (small.blocksLeftOut === 0) return { ...small, blocksSplit: 0 };
  const split = keepSmallBlocks(sortByHash(Uint32Array.from(hashes), Uint32Array.from(rows)), limit);
  return {
    kept: {
      hashes: joined(small.kept.hashes, split.kept.hashes),
      rows: joined(small.kept.rows, split.kept.rows),
    },
    pairs: small.pairs + split.pairs,
    blocksSplit: small.blocksLeftOut,
    blocksLeftOut: split.blocksLeftOut,
  };
}

function joined(one: Uint32Array, other: Uint32Array): Uint32Array {
  const both = new Uint32Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
