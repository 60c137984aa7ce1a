// RFC 6962 section 2.1 (https://www.rfc-editor.org/rfc/rfc6962#section-2.1): which hash is to blame for a root that differs.
import { type TreeHead } from '../merkle/consistency-proof.js';
import { rootOf } from '../merkle/frontier.js';
import { type Hash, sameBytes } from '../merkle/hash.js';
import { type Range } from '../merkle/subtree.js';
import { entriesPath, tilePath } from '../tiles/tile-path.js';
import { type LogFault } from './log-verdict.js';
import { type Rebuilt, type TileMismatch } from './rebuild-tree.js';

/**
 * What is wrong with a log whose resources are all there and well formed, or `undefined`.
 *
 * Blames whoever does not give the signed root: where the tree of the entries gives it, the tile that differs; where the
 * tree of the leaf tiles does, the entry that differs. Where neither does, older checkpoints narrow down where the change
 * must be.
 *
 * @param older heads that the log signed earlier, none larger than `head`.
 */
export function findFault(rebuilt: Rebuilt, head: TreeHead, older: readonly TreeHead[]): LogFault | undefined {
  const { leafMismatch, upperMismatch } = rebuilt;
  if (sameBytes(rootOf(rebuilt.ofEntries), head.root)) {
    const mismatch = leafMismatch ?? upperMismatch;
    return mismatch
      ? { reason: 'tile-differs', resource: tilePath(mismatch.tile), ...place(mismatch) }
      : forkFault(rebuilt, older);
  }
  if (leafMismatch !== undefined && sameBytes(rootOf(rebuilt.ofTiles), head.root)) {
    return { reason: 'entry-differs', resource: entriesPath(leafMismatch.tile), ...place(leafMismatch) };
  }
  const mismatch = leafMismatch ?? upperMismatch;
  const where = mismatch ? place(mismatch) : { entries: bracket(rebuilt, older, head.size) };
  return { reason: 'root-differs', size: head.size, ...where };
}

function forkFault(rebuilt: Rebuilt, older: readonly TreeHead[]): LogFault | undefined {
  const forked = sorted(older).find((held) => !agrees(rebuilt, held));
  return forked && { reason: 'log-forked', size: forked.size, entries: bracket(rebuilt, older, forked.size) };
}

/** From the largest older head that the entries agree with, to the smallest that they do not. */
function bracket(rebuilt: Rebuilt, older: readonly TreeHead[], end: number): Range {
  const held = sorted(older);
  const begin = held.findLast((head) => agrees(rebuilt, head))?.size ?? 0;
  return { begin, end: held.find((head) => !agrees(rebuilt, head))?.size ?? end };
}

function agrees({ roots }: Rebuilt, { size, root }: TreeHead): boolean {
  return sameBytes(roots.get(size) as Hash, root);
}

function sorted(heads: readonly TreeHead[]): TreeHead[] {
  return [...heads].sort((a, b) => a.size - b.size);
}

function place({ entries }: TileMismatch): Pick<LogFault, 'index' | 'entries'> {
  return entries.end - entries.begin === 1 ? { index: entries.begin } : { entries };
}
