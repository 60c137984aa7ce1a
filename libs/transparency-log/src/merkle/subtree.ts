// RFC 6962 section 2.1: every Merkle Tree Hash that a proof names splits into complete subtrees.
import { type Hash, nodeHash } from './hash.js';

/** A complete subtree: the one hash over the entries from `index · 2^level` up to, and without, `(index + 1) · 2^level`. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** The entries from `begin` up to, and without, `end`. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

/** The complete subtrees that a range consists of, from left to right: at most one for each binary digit of its length. */
export function subtreesOf({ begin, end }: Range): readonly Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = begin; at < end;) {
    const room = end - at;
    let level = 0;
    let width = 1;
    while (at % (width * 2) === 0 && width * 2 <= room) {
      level += 1;
      width *= 2;
    }
    subtrees.push({ level, index: at / width });
    at += width;
  }
  return subtrees;
}

/**
 * The Merkle Tree Hash of a range, from the hashes of its complete subtrees in the order of {@link subtreesOf}.
 *
 * Right only for the ranges that RFC 6962 hashes: those that begin at a multiple of a power of two no smaller than
 * themselves.
 */
export function foldSubtrees(hashes: readonly Hash[]): Hash {
  if (hashes.length === 0) throw new RangeError('a range without entries has no subtrees');
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The largest power of two that is smaller than `count`: where RFC 6962 splits a tree of `count` entries, `count > 1`. */
export function splitPoint(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
