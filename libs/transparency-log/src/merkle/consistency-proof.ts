// RFC 6962 section 2.1.2 (consistency proofs); the verifying algorithm is RFC 9162 section 2.1.4.2
// (https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1.4.2).
import { emptyRoot, type Hash, nodeHash, sameBytes } from './hash.js';
import { type Range, splitPoint } from './subtree.js';

/** A tree as a checkpoint states it. */
export interface TreeHead {
  /** Number of entries. */
  readonly size: number;
  readonly root: Hash;
}

/**
 * Which ranges of entries a consistency proof hashes, in its order. Empty for an empty or an unchanged old tree, where
 * nothing is to prove.
 *
 * @throws RangeError unless `0 <= oldSize <= newSize`.
 */
export function consistencyRanges(oldSize: number, newSize: number): readonly Range[] {
  if (!(oldSize >= 0 && oldSize <= newSize)) throw new RangeError(`no proof from ${oldSize} to ${newSize} entries`);
  if (oldSize === 0 || oldSize === newSize) return [];
  const ranges: Range[] = [];
  let [begin, end] = [0, newSize];
  while (end !== oldSize) {
    const split = begin + splitPoint(end - begin);
    if (oldSize <= split) {
      ranges.push({ begin: split, end });
      end = split;
    } else {
      ranges.push({ begin, end: split });
      begin = split;
    }
  }
  // A left-most subtree is the old tree itself, whose hash the verifier already has.
  if (begin > 0) ranges.push({ begin, end });
  return ranges.reverse();
}

/**
 * Whether a proof shows that the old tree is a prefix of the new one: that nothing was changed, taken out or reordered.
 *
 * Both heads come from checkpoints; the proof is untrusted. An empty tree is a prefix of every tree; a larger one of
 * none.
 */
export function isConsistent(older: TreeHead, newer: TreeHead, proof: readonly Hash[]): boolean {
  if (older.size > newer.size) return false;
  if (older.size === 0) return proof.length === 0 && sameBytes(older.root, emptyRoot);
  if (older.size === newer.size) return proof.length === 0 && sameBytes(older.root, newer.root);

  const hashes = isPowerOfTwo(older.size) ? [older.root, ...proof] : proof;
  const [seed, ...path] = hashes;
  if (seed === undefined) return false;
  let [at, last] = [older.size - 1, newer.size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [oldHash, newHash] = [seed, seed];
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, half(last)];
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameBytes(oldHash, older.root) && sameBytes(newHash, newer.root);
}

function isPowerOfTwo(value: number): boolean {
  return 2 ** Math.round(Math.log2(value)) === value;
}

function half(value: number): number {
  return Math.floor(value / 2);
}
