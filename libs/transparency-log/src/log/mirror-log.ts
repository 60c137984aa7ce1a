// C2SP tlog-tiles (https://c2sp.org/tlog-tiles): a copy of somebody's log, of which nothing is believed that was not recomputed.
import { TransparencyLogError } from '../failure.js';
import { rootOf } from '../merkle/frontier.js';
import { sameBytes } from '../merkle/hash.js';
import { openCheckpoint, type OpenCheckpoint, type Trust } from '../notes/open-checkpoint.js';
import { CHECKPOINT_PATH } from '../tiles/tile-path.js';
import { emptyTail, growTree, type TreeTail } from './grow-tree.js';
import { logProofs } from './log-proofs.js';
import { stored } from './log-writer.js';
import { recoverTail } from './recover-tail.js';
import { type LogReader, type LogStorage } from './storage.js';

/** Entries that are held in memory at once: 64 bundles. */
const ENTRIES_AT_ONCE = 16_384;

/**
 * Brings a copy of a log up to the source's published checkpoint.
 *
 * Only the entries are fetched. Tiles are made of them, as the log's own writer did, and the copy's checkpoint is replaced only when the
 * tree of old and new entries has the signed root. So a copy is as true as the log's signature and the witnesses demanded by `trust`,
 * and a source that lies, shrinks or forks leaves it as it was. What a refused attempt stored is referred to by nothing, and is
 * overwritten by the next.
 *
 * @param copy has no other writer; the same trust must have held for what is in it.
 * @returns the copy's checkpoint.
 * @throws TransparencyLogError `resource-missing` when the source has no checkpoint; `log-rolled-back` when it is smaller than the copy's;
 *   `consistency-unproven` when the entries do not give its root; what `openCheckpoint`, `recoverTail` and `entries` throw. Whatever the
 *   reader and the storage throw.
 */
export async function mirrorLog(source: LogReader, copy: LogStorage, trust: Trust): Promise<OpenCheckpoint> {
  const [raw, held] = await Promise.all([source.read(CHECKPOINT_PATH), copy.read(CHECKPOINT_PATH)]);
  if (raw === undefined) throw new TransparencyLogError('resource-missing', { resource: CHECKPOINT_PATH });
  const offered = openCheckpoint(raw, trust);
  const own = held && openCheckpoint(held, { origin: trust.origin, logKeys: trust.logKeys });
  if (own !== undefined && offered.size < own.size) {
    throw new TransparencyLogError('log-rolled-back', { size: own.size });
  }
  if (own?.raw === offered.raw) return own;

  let tail: TreeTail = own === undefined ? emptyTail : await recoverTail(copy, own);
  const superseded: string[] = [];
  for await (const entries of runsOf(source, tail.frontier.size, offered)) {
    const growth = growTree(tail, entries);
    await copy.commit({ resources: growth.resources, checkpoints: [], superseded: [] });
    superseded.push(...growth.superseded);
    tail = growth.tail;
  }
  if (!sameBytes(rootOf(tail.frontier), offered.root)) {
    throw new TransparencyLogError('consistency-unproven', { size: own?.size ?? 0 });
  }
  await copy.commit({ resources: [], checkpoints: [stored(CHECKPOINT_PATH, offered)], superseded });
  return offered;
}

async function* runsOf(source: LogReader, from: number, head: OpenCheckpoint): AsyncGenerator<Uint8Array[]> {
  const proofs = logProofs(source);
  for (let begin = from; begin < head.size;) {
    const end = Math.min(head.size, (Math.floor(begin / ENTRIES_AT_ONCE) + 1) * ENTRIES_AT_ONCE);
    const entries: Uint8Array[] = [];
    for await (const { entry } of proofs.entries(begin, end, head)) entries.push(entry);
    yield entries;
    begin = end;
  }
}
