// RFC 6962 sections 2.1.1 and 2.1.2, over whatever keeps the hashes of complete subtrees.
import { consistencyRanges } from './consistency-proof.js';
import { type Hash } from './hash.js';
import { inclusionRanges } from './inclusion-proof.js';
import { foldSubtrees, type Range, type Subtree, subtreesOf } from './subtree.js';

/** Looks up the hashes of complete subtrees, in the order asked; all of them at once, so that it may read in parallel. */
export type HashesOf = (subtrees: readonly Subtree[]) => Promise<readonly Hash[]>;

/** The audit path of the entry at `index` in the tree of `size` entries, from the leaf's sibling up. */
export function proveInclusion(hashesOf: HashesOf, index: number, size: number): Promise<readonly Hash[]> {
  return hashRanges(hashesOf, inclusionRanges(index, size));
}

/** The proof that the first `oldSize` entries of the tree of `newSize` entries are the whole older tree. */
export function proveConsistency(hashesOf: HashesOf, oldSize: number, newSize: number): Promise<readonly Hash[]> {
  return hashRanges(hashesOf, consistencyRanges(oldSize, newSize));
}

/** The Merkle Tree Hashes of ranges that RFC 6962 hashes. */
export async function hashRanges(hashesOf: HashesOf, ranges: readonly Range[]): Promise<readonly Hash[]> {
  const split = ranges.map(subtreesOf);
  const hashes = await hashesOf(split.flat());
  let from = 0;
  return split.map(({ length }) => foldSubtrees(hashes.slice(from, (from += length))));
}
