// C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint), origins: where a chain of logs leads, and what its logs contradict in each other.
import { TransparencyLogError } from '../failure.js';
import { sameBytes } from '../merkle/hash.js';
import { openCheckpoint, type OpenCheckpoint, type Trust } from '../notes/open-checkpoint.js';
import { type LogFault } from '../verify/log-verdict.js';
import { type ClosingMark, isOpening, openHandOver, type ShardMark } from './shard-mark.js';
import { compareShards, shardOfOrigin } from './shard-name.js';

/**
 * What is wrong between two logs of a chain:
 *
 * - `shard-missing`: a log names another before or after it, which is not there.
 * - `shard-cut`: the earlier log has fewer entries than the later one says it ended with, or does not end with a closing entry.
 * - `shard-reopened`: it has more: entries were added behind the closing one.
 * - `shard-swapped`: it is another log of that length, or leads elsewhere, or the later one goes on from another.
 * - `shard-unlinked`: it is offered, and the chain leads neither to nor from it: a closing or an opening entry was taken away.
 * - `shard-drop-unattested`: its entries are gone, and no entry of a later log that is there says that they were dropped.
 */
export type ChainFaultReason =
  'shard-missing' | 'shard-cut' | 'shard-reopened' | 'shard-swapped' | 'shard-unlinked' | 'shard-drop-unattested';

/** What contradicts a hand-over, and which other log it was held against. */
export interface ChainFault {
  readonly reason: ChainFaultReason | TransparencyLogError['code'];
  readonly neighbour: string;
}

/** What the two ends of a log say. */
export interface ShardEnds {
  readonly name: string;
  readonly trust: Trust;
  /** Absent where it can't be believed. */
  readonly checkpoint?: OpenCheckpoint | undefined;
  /** What is wrong with the log by itself: then it leads nowhere. */
  readonly fault?: LogFault | undefined;
  readonly first: ShardMark | undefined;
  /** The first closing mark, and its index: one that is not at the end is that of a log that was opened again. */
  readonly closing: { readonly mark: ClosingMark; readonly index: number } | undefined;
  /** Whether its entries are said to have been dropped: then its ends are all there is. */
  readonly isDropped?: boolean;
}

/** A log of a chain; what is wrong between it and its neighbour, where something is. */
export interface ChainLink<Ends extends ShardEnds = ShardEnds> {
  readonly ends: Ends;
  readonly chain?: ChainFault;
}

/**
 * Goes from one log to those before and after it, and holds each hand-over against both: it is signed by both, the earlier one ends exactly
 * where it says, with an entry that names the later one, and the later begins with it.
 *
 * @param look how a log is read; what it finds wrong with it ends the way in that direction.
 * @param offered the names of all logs that somebody offers: one to which nothing leads is at fault.
 * @returns oldest first.
 */
export async function followChain<Ends extends ShardEnds>(
  start: Ends,
  look: (name: string) => Promise<Ends>,
  offered: readonly string[],
): Promise<readonly ChainLink<Ends>[]> {
  const found: ChainLink<Ends>[] = [{ ends: start }];
  for (let later = start; isOpening(later.first) && later.fault === undefined;) {
    const before = predecessorOf(later);
    if ('reason' in before) {
      found[0] = { ends: later, chain: before };
      break;
    }
    const earlier = await look(before.name);
    const reason = handOverFault(earlier, later);
    if (reason !== undefined) found[0] = { ends: later, chain: { reason, neighbour: before.name } };
    found.unshift({ ends: earlier });
    later = earlier;
  }
  for (let earlier = start; earlier.closing !== undefined && earlier.fault === undefined;) {
    const name = successorOf(earlier);
    if (name === undefined) break;
    const later = await look(name);
    const reason = handOverFault(earlier, later);
    found.push({ ends: later, ...(reason && { chain: { reason, neighbour: earlier.name } }) });
    earlier = later;
  }
  const isWhole = found.every(({ ends, chain }) => ends.fault === undefined && chain === undefined);
  for (const name of isWhole ? offered : []) {
    if (found.some(({ ends }) => ends.name === name)) continue;
    found.push({ ends: await look(name), chain: { reason: 'shard-unlinked', neighbour: start.name } });
  }
  return found.sort((a, b) => compareShards(a.ends.name, b.ends.name));
}

/** What contradicts the hand-over from one log to the next; `undefined` when nothing does. */
export function handOverFault(earlier: ShardEnds, later: ShardEnds): ChainFault['reason'] | undefined {
  if ([earlier, later].some(({ fault }) => fault?.reason === 'checkpoint-missing')) return 'shard-missing';
  const [ended, begun] = [earlier.checkpoint, later.checkpoint];
  if (ended === undefined || begun === undefined) return 'shard-swapped';
  if (!isOpening(later.first)) return begun.size === 0 ? 'shard-cut' : 'shard-swapped';
  try {
    const { from, to } = openHandOver(later.first.statement, earlier.trust.logKeys, later.trust.logKeys);
    if (from.origin !== earlier.trust.origin || to !== later.trust.origin) return 'shard-swapped';
    if (ended.size > from.size) return 'shard-reopened';
    if (ended.size < from.size) return 'shard-cut';
    if (!sameBytes(ended.root, from.root)) return 'shard-swapped';
    // What was kept of it when it ended must be the same word, signed then.
    const kept: OpenCheckpoint = openCheckpoint(later.first.checkpoint, { ...earlier.trust, quorum: 0 });
    if (kept.size !== from.size || !sameBytes(kept.root, from.root)) return 'shard-swapped';
  } catch (failure) {
    if (failure instanceof TransparencyLogError) return failure.code;
    throw failure;
  }
  if (earlier.closing === undefined) return 'shard-cut';
  if (earlier.closing.index !== ended.size - 1) return 'shard-reopened';
  return earlier.closing.mark.successor === later.trust.origin ? undefined : 'shard-swapped';
}

/** Where a shard began in the chain, by its opening entry, which is proven. */
export function beginOf({ first, trust }: ShardEnds): number {
  if (!isOpening(first)) return 0;
  const { to, position } = openHandOver(first.statement);
  if (to !== trust.origin) throw new TransparencyLogError('shard-misplaced');
  return position;
}

/** A hand-over is read here to learn where to look; whether it is true is judged with both logs at hand. */
function predecessorOf({ first, trust }: ShardEnds): { readonly name: string } | ChainFault {
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

function successorOf({ closing, trust }: ShardEnds): string | undefined {
  const shard = closing && shardOfOrigin(closing.mark.successor);
  return shard?.base === shardOfOrigin(trust.origin)?.base ? shard?.name : undefined;
}
