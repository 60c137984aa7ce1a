// RFC 6962 section 2.1.1 (audit paths); the verifying algorithm is RFC 9162 section 2.1.3.2
// (https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1.3.2).
import { type Hash, nodeHash, sameBytes } from './hash.js';
import { type Range, splitPoint } from './subtree.js';

/** The statement that the entry with this leaf hash stands at `index` in the tree with `size` entries and this root. */
export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Hash;
  readonly root: Hash;
}

/**
 * Which ranges of entries an audit path hashes, from the leaf's sibling up to the root's child.
 *
 * @throws RangeError unless `0 <= index < size`.
 */
export function inclusionRanges(index: number, size: number): readonly Range[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`no entry ${index} in a tree of ${size}`);
  const ranges: Range[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const split = begin + splitPoint(end - begin);
    if (index < split) {
      ranges.push({ begin: split, end });
      end = split;
    } else {
      ranges.push({ begin, end: split });
      begin = split;
    }
  }
  return ranges.reverse();
}

/** Whether an audit path proves the statement. The path is untrusted; the root must come from a trusted checkpoint. */
export function isIncluded({ index, size, leafHash, root }: Inclusion, proof: readonly Hash[]): boolean {
  if (!(index >= 0 && index < size)) return false;
  let [at, last, hash] = [index, size - 1, leafHash];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameBytes(hash, root);
}

function half(value: number): number {
  return Math.floor(value / 2);
}
