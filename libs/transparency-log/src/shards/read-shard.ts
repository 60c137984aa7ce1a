// C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint): where one log of a chain stands, from its files.
import { TransparencyLogError } from '../failure.js';
import { HEAD_PATH } from '../log/head-path.js';
import { type LogProofs, logProofs } from '../log/log-proofs.js';
import { type LogReader } from '../log/storage.js';
import { openCheckpoint, type OpenCheckpoint, type Trust } from '../notes/open-checkpoint.js';
import { CHECKPOINT_PATH } from '../tiles/tile-path.js';
import { isClosing, isOpening, markOf, openHandOver, type ClosingMark } from './shard-mark.js';
import { readRemains } from './shard-remains.js';
import { keyOfOrigin, shardOfOrigin, shardOrigin } from './shard-name.js';

/** One log of the chain, as its files show it. */
export interface Shard {
  readonly name: string;
  /** Position of its first entry among those of all shards. */
  readonly begin: number;
  /** Its newest head: signed by the log. */
  readonly head: OpenCheckpoint;
  /** Entries in the checkpoint that it publishes; 0 where it publishes none yet. */
  readonly published: number;
  /** Its last entry, where that closes it. */
  readonly closing?: ClosingMark;
  /** Whether its entries were dropped: its head and its two ends are all there is. */
  readonly isDropped: boolean;
  readonly proofs: LogProofs;
}

/** Whom to believe of a shard, by whom one believes of the chain. */
export function trustOfShard({ origin, logKeys, ...witnesses }: Trust, name: string): Trust {
  const own = shardOrigin(shardOfOrigin(origin)?.base ?? origin, name);
  return { ...witnesses, origin: own, logKeys: logKeys.map((key) => keyOfOrigin(key, own)) };
}

/**
 * Reads where a shard stands, and proves its first and last entry.
 *
 * @returns `undefined` where it has no checkpoint, or its first entry, which would say where it begins, has not come yet.
 * @throws TransparencyLogError what `openCheckpoint` and `entry` throw; `shard-misplaced` when it begins with another's hand-over.
 */
export async function readShard(
  reader: LogReader,
  name: string,
  trust: Trust,
  { isFirst }: { readonly isFirst: boolean },
): Promise<Shard | undefined> {
  const found = await Promise.all([CHECKPOINT_PATH, HEAD_PATH].map((path) => reader.read(path)));
  const [checkpoint, waiting] = found.map((raw) => raw && openCheckpoint(raw, trust));
  const head = waiting !== undefined && waiting.size > (checkpoint?.size ?? 0) ? waiting : (checkpoint ?? waiting);
  if (head === undefined) return undefined;
  const published = checkpoint?.size ?? 0;
  const proofs = logProofs(reader);
  if (head.size === 0) return isFirst ? { name, begin: 0, head, published, proofs, isDropped: false } : undefined;
  const remains = await readRemains(reader, head);
  if (remains !== undefined) {
    const { first, closing } = remains;
    const begin = isOpening(first) ? positionOf(first.statement, trust.origin) : assertFirst(isFirst, head);
    return { name, begin, head, published, closing, proofs, isDropped: true };
  }
  const opening = markOf(await proofs.entry(0, head));
  const last = markOf(await proofs.entry(head.size - 1, head));
  return {
    ...{ name, head, published, proofs, isDropped: false },
    begin: isOpening(opening) ? positionOf(opening.statement, trust.origin) : assertFirst(isFirst, head),
    ...(isClosing(last) ? { closing: last } : {}),
  };
}

/** The statement is believed because the entry that holds it is proven: its own signatures may be of a key that is gone. */
function positionOf(statement: string, origin: string): number {
  const { to, position } = openHandOver(statement);
  if (to !== origin) throw new TransparencyLogError('shard-misplaced');
  return position;
}

function assertFirst(isFirst: boolean, { size }: OpenCheckpoint): 0 {
  if (!isFirst) throw new TransparencyLogError('shard-misplaced', { size });
  return 0;
}
