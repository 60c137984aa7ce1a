// C2SP tlog-tiles (https://c2sp.org/tlog-tiles), one log beside the other: a chain, each held against its own checkpoint and against what its neighbours say of it.
import { TransparencyLogError } from '../failure.js';
import { type LogReader } from '../log/storage.js';
import { type TreeHead } from '../merkle/consistency-proof.js';
import { sameBytes } from '../merkle/hash.js';
import { openCheckpoint, type OpenCheckpoint, type Trust } from '../notes/open-checkpoint.js';
import { CHECKPOINT_PATH } from '../tiles/tile-path.js';
import { type LogFault, type LogVerdict } from '../verify/log-verdict.js';
import { verifyLog, type VerifyOptions } from '../verify/verify-log.js';
import { attests } from './dropped-shard.js';
import { beginOf, type ChainFault, type ChainLink, followChain, type ShardEnds } from './follow-chain.js';
import { trustOfShard } from './read-shard.js';
import { type DroppingMark, isClosing, isDropping, markOf, type ShardMark } from './shard-mark.js';
import { compareShards, shardOfOrigin } from './shard-name.js';
import { readRemains, type ShardRemains } from './shard-remains.js';

/** What is left of a shard whose entries were dropped: what it was is proven, and what was in it is gone. */
export interface DroppedVerdict {
  readonly kind: 'dropped';
  readonly checkpoint: OpenCheckpoint;
  /** The newest entry that says so; absent where the fault is that there is none. */
  readonly attestedBy?: { readonly name: string; readonly index: number; readonly rule: string };
}

/** A log of a chain, found whole, dropped by the ledger's own word, or at fault by itself or towards another. */
export interface ShardVerdict {
  readonly name: string;
  readonly verdict: LogVerdict | DroppedVerdict;
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
  readonly verdict: LogVerdict | DroppedVerdict;
  readonly droppings: readonly { readonly mark: DroppingMark; readonly index: number }[];
}

/**
 * Verifies the log that `trust` names, which must be a shard, and every shard before and after it that the chain leads to.
 *
 * Each log is verified whole (`verifyLog`), the one named with the older checkpoints given, and each hand-over is held against both its logs
 * (`followChain`). Of a log whose entries were dropped the checkpoint and the two ends are verified, and an entry of a later log, itself
 * verified, must say that just this log was dropped: an absence that the ledger does not own up to is a fault.
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
    const [reader, own] = [readerOf(name), trustOfShard(trust, name)];
    return (await lookAtDropped(name, reader, own, checks.older)) ?? lookAtWhole(name, reader, own, checks);
  };

  const start = await look(named.name, { ...each, ...(older === undefined ? {} : { older }) });
  const links = await followChain(start, (name) => look(name, each), offered);
  return links.map((link) => attested(link, links));
}

async function lookAtWhole(name: string, reader: LogReader, trust: Trust, checks: VerifyOptions): Promise<Verified> {
  let first: ShardMark | undefined;
  let closing: ShardEnds['closing'];
  const droppings: { mark: DroppingMark; index: number }[] = [];
  const onEntry = (index: number, entry: Uint8Array): void => {
    const mark = markOf(entry);
    if (index === 0) first = mark;
    if (isClosing(mark)) closing ??= { mark, index };
    if (isDropping(mark)) droppings.push({ mark, index });
    checks.onEntry?.(index, entry);
  };
  const verdict = await verifyLog(reader, trust, { ...checks, onEntry });
  const { checkpoint } = verdict;
  const fault = verdict.kind === 'tampered' ? { fault: verdict.fault } : {};
  return { name, verdict, trust, first, closing, checkpoint, droppings, ...fault };
}

/** @returns `undefined` for a shard of which nothing says that it was dropped. */
async function lookAtDropped(
  name: string,
  reader: LogReader,
  trust: Trust,
  older: readonly TreeHead[] = [],
): Promise<Verified | undefined> {
  const nothing = { name, trust, first: undefined, closing: undefined, droppings: [] };
  let checkpoint: OpenCheckpoint | undefined;
  const tampered = (fault: LogFault): Verified => ({
    ...nothing,
    ...{ verdict: { kind: 'tampered', fault, ...(checkpoint && { checkpoint }) }, checkpoint, fault },
  });
  try {
    const raw = await reader.read(CHECKPOINT_PATH);
    checkpoint = raw && openCheckpoint(raw, trust);
    const remains: ShardRemains | undefined = checkpoint && (await readRemains(reader, checkpoint));
    if (checkpoint === undefined || remains === undefined) return undefined;
    // An older checkpoint of fewer entries can be held against nothing any more.
    const { size, root } = checkpoint;
    const contrary = older.find((held) => held.size > size || (held.size === size && !sameBytes(held.root, root)));
    if (contrary !== undefined)
      return tampered({ reason: contrary.size > size ? 'log-shrank' : 'log-forked', size: contrary.size });
    const closing = { mark: remains.closing, index: size - 1 };
    const ends = { ...nothing, first: remains.first, closing, checkpoint, isDropped: true };
    return { ...ends, verdict: { kind: 'dropped', checkpoint } };
  } catch (failure) {
    if (failure instanceof TransparencyLogError) return tampered({ reason: failure.code, ...failure.place });
    throw failure;
  }
}

/** A shard that was dropped needs the word of a later one that is there; of several, the newest is named. */
function attested({ ends, chain }: ChainLink<Verified>, all: readonly ChainLink<Verified>[]): ShardVerdict {
  const { name, verdict } = ends;
  if (verdict.kind !== 'dropped' || chain !== undefined) return { name, verdict, ...(chain && { chain }) };
  const shard = { origin: ends.trust.origin, begin: beginOf(ends), ...headOf(verdict.checkpoint) };
  const found = all
    .filter(({ ends: later }) => later.fault === undefined)
    .toSorted((a, b) => compareShards(a.ends.name, b.ends.name))
    .flatMap(({ ends: later }) => later.droppings.map((dropping) => ({ ...dropping, name: later.name })))
    .findLast(({ mark, name: markedIn }) => attests(mark, markedIn, shard));
  if (found === undefined) {
    const neighbour = all.at(-1)?.ends.name ?? name;
    return { name, verdict, chain: { reason: 'shard-drop-unattested', neighbour } };
  }
  const attestedBy = { name: found.name, index: found.index, rule: found.mark.rule };
  return { name, verdict: { ...verdict, attestedBy } };
}

const headOf = ({ size, root }: OpenCheckpoint): TreeHead => ({ size, root });
