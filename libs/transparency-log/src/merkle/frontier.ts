// RFC 6962 section 2.1: the right edge of a growing tree, all that is needed to append to it and to know its root.
import { emptyRoot, type Hash, nodeHash } from './hash.js';
import { foldSubtrees } from './subtree.js';

/**
 * A tree of `size` entries, reduced to the hashes of its complete subtrees from left to right: one for each binary digit
 * of the size that is 1. Values of this type are never changed; growing makes a new one.
 */
export interface Frontier {
  readonly size: number;
  readonly subtrees: readonly Hash[];
}

export const emptyFrontier: Frontier = { size: 0, subtrees: [] };

/** Told of every subtree that an appended entry completes, from the leaf (level 0) up. */
export type OnComplete = (level: number, hash: Hash) => void;

/**
 * Appends entries by their leaf hashes.
 *
 * Costs one node hash an entry on average, whatever the size of the tree.
 */
export function growFrontier(
  frontier: Frontier,
  leafHashes: readonly Hash[],
  onComplete: OnComplete = () => undefined,
): Frontier {
  const subtrees = [...frontier.subtrees];
  let { size } = frontier;
  for (const leaf of leafHashes) {
    let hash = leaf;
    let level = 0;
    onComplete(level, hash);
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
      hash = nodeHash(subtrees.pop() as Hash, hash);
      level += 1;
      onComplete(level, hash);
    }
    subtrees.push(hash);
    size += 1;
  }
  return { size, subtrees };
}

/** The Merkle Tree Hash of the whole tree. */
export function rootOf({ subtrees }: Frontier): Hash {
  return subtrees.length === 0 ? emptyRoot : foldSubtrees(subtrees);
}
