// C2SP tlog-proof (https://c2sp.org/tlog-proof): a chain of logs, as far as their two ends show it: which of them there are, without reading what stands between.
import { TransparencyLogError } from '../failure.js';
import { type LogProofs, logProofs } from '../log/log-proofs.js';
import { type LogReader } from '../log/storage.js';
import { openCheckpoint, type OpenCheckpoint, type Trust } from '../notes/open-checkpoint.js';
import { CHECKPOINT_PATH } from '../tiles/tile-path.js';
import { type ChainLink, followChain, type ShardEnds } from './follow-chain.js';
import { trustOfShard } from './read-shard.js';
import { isClosing, markOf } from './shard-mark.js';
import { shardOfOrigin } from './shard-name.js';
import { readRemains } from './shard-remains.js';

/** A log of the chain, by its published checkpoint. Its first and last entry are proven, and nothing else. */
export interface LinkedShard extends ShardEnds {
  readonly proofs: LogProofs;
}

export interface LinkShardsOptions {
  /** Files of the shard of this name. */
  readonly readerOf: (name: string) => LogReader;
  /** The names of all shards that are offered, by whoever serves them: a hint, of which nothing is believed. */
  readonly offered?: readonly string[];
}

/**
 * Follows the chain from the log that `trust` names, which must be a shard, to both its ends.
 *
 * What a reader of single entries needs to know: that no shard is missing, cut, opened again, swapped or unlinked. The entries in between are
 * believed only as they are proven. Of a shard that was dropped the two ends are; whether the ledger says so takes reading the later ones.
 *
 * @returns one link a shard, oldest first. @throws RangeError for a log that is no shard; whatever the readers throw.
 */
export async function linkShards(trust: Trust, options: LinkShardsOptions): Promise<readonly ChainLink<LinkedShard>[]> {
  const named = shardOfOrigin(trust.origin);
  if (named === undefined) throw new RangeError('not a shard');
  const look = (name: string) => lookAt(name, options.readerOf(name), trustOfShard(trust, name));
  return followChain(await look(named.name), look, options.offered ?? []);
}

async function lookAt(name: string, reader: LogReader, trust: Trust): Promise<LinkedShard> {
  const proofs = logProofs(reader);
  const nothing = { name, trust, proofs, first: undefined, closing: undefined };
  let checkpoint: OpenCheckpoint | undefined;
  try {
    const raw = await reader.read(CHECKPOINT_PATH);
    if (raw === undefined) return { ...nothing, fault: { reason: 'checkpoint-missing' } };
    checkpoint = openCheckpoint(raw, trust);
    const { size } = checkpoint;
    if (size === 0) return { ...nothing, checkpoint };
    const remains = await readRemains(reader, checkpoint);
    if (remains !== undefined) {
      const ended = { mark: remains.closing, index: size - 1 };
      return { ...nothing, checkpoint, first: remains.first, closing: ended, isDropped: true };
    }
    const first = markOf(await proofs.entry(0, checkpoint));
    const last = markOf(await proofs.entry(size - 1, checkpoint));
    const closing = isClosing(last) ? { mark: last, index: size - 1 } : undefined;
    return { ...nothing, checkpoint, first, closing };
  } catch (failure) {
    if (!(failure instanceof TransparencyLogError)) throw failure;
    return { ...nothing, checkpoint, fault: { reason: failure.code, ...failure.place } };
  }
}
