// RFC 6962 section 2.1: the root of a tree, from a run of its leaves and the hashes of everything beside it.
import { type Hash, nodeHash } from './hash.js';
import { type HashesOf, hashRanges } from './prove.js';
import { type Range, splitPoint } from './subtree.js';

/**
 * Which ranges lie beside a run of entries, from left to right: their hashes and the run's leaves make the root. At most two for each
 * level of the tree.
 *
 * @throws RangeError unless `0 <= begin < end <= size`.
 */
export function rangesBeside(run: Range, size: number): readonly Range[] {
  if (!(run.begin >= 0 && run.begin < run.end && run.end <= size)) throw new RangeError('no such run of entries');
  const beside: Range[] = [];
  const descend = (range: Range): void => {
    if (contains(run, range)) return;
    if (range.end <= run.begin || range.begin >= run.end) beside.push(range);
    else for (const half of halves(range)) descend(half);
  };
  descend({ begin: 0, end: size });
  return beside;
}

/** The hashes of {@link rangesBeside}. */
export const proveRun = (hashesOf: HashesOf, run: Range, size: number): Promise<readonly Hash[]> =>
  hashRanges(hashesOf, rangesBeside(run, size));

/**
 * The root of the tree of `size` entries of which `leaves` are the leaf hashes of those from `begin` on.
 *
 * @param proof untrusted; the result must be compared with the root of a trusted checkpoint.
 * @returns `undefined` when the proof has too many hashes, or too few, for such a run.
 */
export function rootOfRun(
  begin: number,
  leaves: readonly Hash[],
  size: number,
  proof: readonly Hash[],
): Hash | undefined {
  const run = { begin, end: begin + leaves.length };
  if (leaves.length === 0 || run.end > size || proof.length !== rangesBeside(run, size).length) return undefined;
  let used = 0;
  const hashOf = (range: Range): Hash => {
    if (range.end <= run.begin || range.begin >= run.end) return proof[used++] as Hash;
    if (range.end - range.begin === 1) return leaves[range.begin - begin] as Hash;
    const [left, right] = halves(range).map(hashOf) as [Hash, Hash];
    return nodeHash(left, right);
  };
  return hashOf({ begin: 0, end: size });
}

const contains = (outer: Range, inner: Range): boolean => outer.begin <= inner.begin && inner.end <= outer.end;

function halves({ begin, end }: Range): readonly Range[] {
  const split = begin + splitPoint(end - begin);
  return [
    { begin, end: split },
    { begin: split, end },
  ];
}
