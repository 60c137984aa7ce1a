// A chain of logs, each held against its own checkpoint and against what its neighbours say of it.
import { type LogReader } from '../log/storage.js';
import { type Trust } from '../notes/open-checkpoint.js';
import { type LogVerdict } from '../verify/log-verdict.js';
import { verifyLog, type VerifyOptions } from '../verify/verify-log.js';
import { type ChainFault, followChain, type ShardEnds } from './follow-chain.js';
import { trustOfShard } from './read-shard.js';
import { isClosing, markOf, type ShardMark } from './shard-mark.js';
import { shardOfOrigin } from './shard-name.js';

/** A log of a chain, found whole, or at fault by itself or towards the log before it. */
export interface ShardVerdict {
  readonly name: string;
  readonly verdict: LogVerdict;
  readonly chain?: ChainFault;
}

export interface VerifyShardsOptions extends VerifyOptions {
  /** Files of the shard of this name. */
  readonly readerOf: (name: string) => LogReader;
  /** The names of all shards that are offered, by whoever serves them: a hint, of which nothing is believed. */
  readonly offered?: readonly string[];
  /** Told when a shard is begun: what comes by `onEntry` until the next is its. */
  readonly onShard?: (name: string) => void;
}

interface Verified extends ShardEnds {
  readonly verdict: LogVerdict;
}

/**
 * Verifies the log that `trust` names, which must be a shard, and every shard before and after it that the chain leads to.
 *
 * Each log is verified whole (`verifyLog`), the one named with the older checkpoints given, and each hand-over is held against both its logs
 * (`followChain`).
 *
 * What the chain can't show: later shards that are kept back whole, with the closing entry that leads to them. The last log's checkpoint
 * is then old, which `cosigners` tell; so do every witness and receipt that has seen a later one.
 *
 * @returns one verdict a shard, oldest first. @throws RangeError for a log that is no shard; whatever the readers throw.
 */
export async function verifyShards(trust: Trust, options: VerifyShardsOptions): Promise<readonly ShardVerdict[]> {
  const named = shardOfOrigin(trust.origin);
  if (named === undefined) throw new RangeError('not a shard');
  const { readerOf, onShard, offered = [], older, ...each } = options;

  const look = async (name: string, checks: VerifyOptions): Promise<Verified> => {
    onShard?.(name);
    const own = trustOfShard(trust, name);
    let first: ShardMark | undefined;
    let closing: ShardEnds['closing'];
    const onEntry = (index: number, entry: Uint8Array): void => {
      const mark = markOf(entry);
      if (index === 0) first = mark;
      if (isClosing(mark)) closing ??= { mark, index };
      checks.onEntry?.(index, entry);
    };
    const verdict = await verifyLog(readerOf(name), own, { ...checks, onEntry });
    const { checkpoint } = verdict;
    return { name, verdict, trust: own, first, closing, checkpoint, ...(verdict.kind === 'tampered' && verdict) };
  };

  const start = await look(named.name, { ...each, ...(older === undefined ? {} : { older }) });
  const links = await followChain(start, (name) => look(name, each), offered);
  return links.map(({ ends, chain }) => ({ name: ends.name, verdict: ends.verdict, ...(chain && { chain }) }));
}
