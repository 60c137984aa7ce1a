// A chain of logs, each held against its own checkpoint and against what its neighbours say of it.
import { TransparencyLogError } from '../failure.js';
import { type LogReader } from '../log/storage.js';
import { sameBytes } from '../merkle/hash.js';
import { openCheckpoint, type OpenCheckpoint, type Trust } from '../notes/open-checkpoint.js';
import { type LogFault, type LogVerdict } from '../verify/log-verdict.js';
import { verifyLog, type VerifyOptions } from '../verify/verify-log.js';
import { trustOfShard } from './read-shard.js';
import { type ClosingMark, isClosing, isOpening, markOf, openHandOver, type ShardMark } from './shard-mark.js';
import { compareShards, shardOfOrigin } from './shard-name.js';

/**
 * What is wrong between two logs of a chain:
 *
 * - `shard-missing`: a log names another before or after it, which is not there.
 * - `shard-cut`: the earlier log has fewer entries than the later one says it ended with, or does not end with a closing entry.
 * - `shard-reopened`: it has more: entries were added behind the closing one.
 * - `shard-swapped`: it is another log of that length, or leads elsewhere, or the later one goes on from another.
 * - `shard-unlinked`: it is offered, and the chain leads neither to nor from it: a closing or an opening entry was taken away.
 */
export type ChainFaultReason = 'shard-missing' | 'shard-cut' | 'shard-reopened' | 'shard-swapped' | 'shard-unlinked';

/** A log of a chain, found whole, or at fault by itself or towards the log before it. */
export interface ShardVerdict {
  readonly name: string;
  readonly verdict: LogVerdict;
  readonly chain?: { readonly reason: ChainFaultReason | TransparencyLogError['code']; readonly neighbour: string };
}

export interface VerifyShardsOptions extends VerifyOptions {
  /** Files of the shard of this name. */
  readonly readerOf: (name: string) => LogReader;
  /** The names of all shards that are offered, by whoever serves them: a hint, of which nothing is believed. */
  readonly offered?: readonly string[];
  /** Told when a shard is begun. */
  readonly onShard?: (name: string) => void;
}

interface Ends {
  readonly verdict: LogVerdict;
  readonly trust: Trust;
  readonly first: ShardMark | undefined;
  /** The first closing mark, and its index: one that is not at the end is that of a log that was opened again. */
  readonly closing: { readonly mark: ClosingMark; readonly index: number } | undefined;
}

/**
 * Verifies the log that `trust` names, which must be a shard, and every shard before and after it that the chain leads to.
 *
 * Each log is verified whole (`verifyLog`), the one named with the older checkpoints given. Each hand-over is held against both logs: it is
 * signed by both, the earlier one ends exactly where it says, with an entry that names the later one, and the later begins with it.
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

  const look = async (name: string, checks: VerifyOptions): Promise<Ends> => {
    onShard?.(name);
    const own = trustOfShard(trust, name);
    let first: ShardMark | undefined;
    let closing: Ends['closing'];
    const onEntry = (index: number, entry: Uint8Array): void => {
      const mark = markOf(entry);
      if (index === 0) first = mark;
      if (isClosing(mark)) closing ??= { mark, index };
      checks.onEntry?.(index, entry);
    };
    const verdict = await verifyLog(readerOf(name), own, { ...checks, onEntry });
    return { verdict, trust: own, first, closing };
  };

  const start = await look(named.name, { ...each, ...(older === undefined ? {} : { older }) });
  const found: ShardVerdict[] = [{ name: named.name, verdict: start.verdict }];

  for (let later = start; isOpening(later.first) && later.verdict.kind === 'verified';) {
    const before = predecessorOf(later);
    if ('reason' in before) {
      found[0] = { ...(found[0] as ShardVerdict), chain: before };
      break;
    }
    const earlier = await look(before.name, each);
    const chain = judge(earlier, later);
    found[0] = { ...(found[0] as ShardVerdict), ...(chain && { chain: { ...chain, neighbour: before.name } }) };
    found.unshift({ name: before.name, verdict: earlier.verdict });
    later = earlier;
  }
  for (let earlier = start; earlier.closing !== undefined && earlier.verdict.kind === 'verified';) {
    const name = successorOf(earlier);
    if (name === undefined) break;
    const later = await look(name, each);
    const chain = judge(earlier, later);
    const own = found.at(-1) as ShardVerdict;
    found.push({
      ...{ name, verdict: later.verdict },
      ...(chain && { chain: { ...chain, neighbour: own.name } }),
    });
    earlier = later;
  }
  const isWhole = found.every(({ verdict, chain }) => verdict.kind === 'verified' && chain === undefined);
  for (const name of isWhole ? offered : []) {
    if (found.some((reached) => reached.name === name)) continue;
    const { verdict } = await look(name, each);
    found.push({ name, verdict, chain: { reason: 'shard-unlinked', neighbour: named.name } });
  }
  return found.sort((a, b) => compareShards(a.name, b.name));
}

type Judgement = { readonly reason: ChainFaultReason | TransparencyLogError['code'] };

/** What contradicts a hand-over between two logs; `undefined` when nothing does. */
function judge(earlier: Ends, later: Ends): Judgement | undefined {
  for (const { verdict } of [earlier, later]) if (isMissing(verdict)) return { reason: 'shard-missing' };
  const [ended, begun] = [earlier.verdict.checkpoint, later.verdict.checkpoint];
  if (ended === undefined || begun === undefined) return { reason: 'shard-swapped' };
  if (!isOpening(later.first)) return { reason: begun.size === 0 ? 'shard-cut' : 'shard-swapped' };
  try {
    const { from, to } = openHandOver(later.first.statement, earlier.trust.logKeys, later.trust.logKeys);
    if (from.origin !== earlier.trust.origin || to !== later.trust.origin) return { reason: 'shard-swapped' };
    if (ended.size > from.size) return { reason: 'shard-reopened' };
    if (ended.size < from.size) return { reason: 'shard-cut' };
    if (!sameBytes(ended.root, from.root)) return { reason: 'shard-swapped' };
    // What was kept of it when it ended must be the same word, signed then.
    const kept: OpenCheckpoint = openCheckpoint(later.first.checkpoint, { ...earlier.trust, quorum: 0 });
    if (kept.size !== from.size || !sameBytes(kept.root, from.root)) return { reason: 'shard-swapped' };
  } catch (failure) {
    if (failure instanceof TransparencyLogError) return { reason: failure.code };
    throw failure;
  }
  if (earlier.closing === undefined) return { reason: 'shard-cut' };
  if (earlier.closing.index !== ended.size - 1) return { reason: 'shard-reopened' };
  return earlier.closing.mark.successor === later.trust.origin ? undefined : { reason: 'shard-swapped' };
}

/** A hand-over is read here to learn where to look; whether it is true is judged with both logs at hand. */
function predecessorOf({
  first,
  trust,
}: Ends): { readonly name: string } | (Judgement & { readonly neighbour: string }) {
  const { base } = shardOfOrigin(trust.origin) ?? {};
  try {
    const { from } = openHandOver(isOpening(first) ? first.statement : '', trust.logKeys);
    const shard = shardOfOrigin(from.origin);
    if (shard?.base === base && shard !== undefined) return { name: shard.name };
    return { reason: 'shard-swapped', neighbour: from.origin };
  } catch (failure) {
    if (failure instanceof TransparencyLogError) return { reason: failure.code, neighbour: trust.origin };
    throw failure;
  }
}

function successorOf({ closing, trust }: Ends): string | undefined {
  const shard = closing && shardOfOrigin(closing.mark.successor);
  return shard?.base === shardOfOrigin(trust.origin)?.base ? shard?.name : undefined;
}

function isMissing(verdict: LogVerdict): boolean {
  return verdict.kind === 'tampered' && (verdict.fault satisfies LogFault).reason === 'checkpoint-missing';
}
