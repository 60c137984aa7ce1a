// C2SP tlog-tiles (https://c2sp.org/tlog-tiles), one log beside the other: a chain, one a half-year, of which exactly one takes entries.
import { TransparencyLogError } from '../failure.js';
import { type TreeHead } from '../merkle/consistency-proof.js';
import { sameBytes } from '../merkle/hash.js';
import { assertAtLeast } from '../log/assert-at-least.js';
import { openLog } from '../log/open-log.js';
import { type LogReader, type LogStorage } from '../log/storage.js';
import { type TransparencyLog } from '../log/transparency-log.js';
import { type Signers } from '../log/log-writer.js';
import { type Shard, readShard } from './read-shard.js';
import { keepRemains } from './dropped-shard.js';
import { bearSignatures } from './bear-signatures.js';
import { type ClosingMark, isClosing, markOf, type OpeningMark, signHandOver } from './shard-mark.js';
import { compareShards, nextShard, shardAt, shardOfOrigin, shardOrigin } from './shard-name.js';

/** Where the shards of a chain are, by name. */
export interface ShardStore {
  names(): Promise<readonly string[]>;
  read(name: string): LogReader;
  /** Admits one writer; makes the shard's place where there is none. */
  write(name: string): Promise<LogStorage>;
  /** Removes a shard's entries and tiles, durably, and nothing else. What is gone already is no fault. */
  clear(name: string): Promise<void>;
}

export interface ShardWriting {
  readonly store: ShardStore;
  /** Origin of the chain; a shard's is below it. */
  readonly base: string;
  /** The keys that sign, in the name of a shard; all of them sign, while keys change. */
  readonly signersOf: (origin: string) => Signers;
  readonly publication?: 'at-once' | 'when-cosigned';
  readonly closingEntry: (mark: ClosingMark) => Uint8Array;
  readonly openingEntry: (mark: OpeningMark) => Uint8Array;
  /**
   * The newest heads that are known elsewhere (a database, a witness), by shard. A chain that lacks one of these shards, or does not continue
   * one of these heads, was put back to an older state: to write it on would fork it.
   */
  readonly atLeast?: ReadonlyMap<string, TreeHead>;
  /** Asks witnesses for a closed log's last head, for as long as the hand-over may wait. `undefined` when too few answered. */
  readonly vouch: (log: TransparencyLog) => Promise<string | undefined>;
}

/** The shard that takes entries. */
export interface OpenShard {
  readonly name: string;
  readonly begin: number;
  readonly log: TransparencyLog;
}

/** A chain, opened for writing. */
export interface ShardChain {
  /** Those that are closed, oldest first. */
  readonly closed: readonly Shard[];
  readonly open: OpenShard;
  /** Closed logs whose published checkpoint is not their last: to be published, and then closed. */
  readonly unvouched: readonly TransparencyLog[];
  /** Closes the open shard and opens the next, named by the clock. @returns the two entries that say so, each with its position. */
  handOver(nowMs: number): Promise<OpenShard>;
  /**
   * To be called when `signersOf` gives other keys: they sign the newest head, and everything after it. What closed logs have published bears
   * their signatures too, beside the former keys' and the witnesses'; without, a chain whose former key is gone could not be opened.
   */
  renewSignatures(): Promise<void>;
  /** Lets go of a closed log whose last checkpoint has been published. */
  settle(log: TransparencyLog): Promise<void>;
  /**
   * Makes a closed shard, published to its end and not the newest closed one, one that was dropped: its ends are kept, and it is read by them.
   * To be called when an entry that says so is durable. Done again it does nothing.
   *
   * @throws RangeError for any other; what `keepRemains` throws.
   */
  drop(name: string): Promise<void>;
  /** Removes the entries and tiles of a shard that was dropped, for ever. @throws RangeError for any other. */
  clear(name: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a chain, or begins one with the half-year of `nowMs`.
 *
 * A hand-over is five steps, of which all but the second leave something durable: the closing entry; the witnesses' word, where they give
 * it; the old log's cosigned checkpoint; the new log, empty; its opening entry. From the closing entry on the old log takes nothing,
 * whoever opens it; before the opening entry is there the new one takes nothing else. So wherever a writer died, one log goes on, and the
 * last entry of the last shard says which.
 *
 * @throws TransparencyLogError `shard-chain-broken`, `shard-misplaced`, `log-rolled-back`, and what `openLog` throws.
 */
export async function openShards(writing: ShardWriting, nowMs: number): Promise<ShardChain> {
  const { store, atLeast = new Map<string, TreeHead>() } = writing;
  const found = [...(await store.names())].sort(compareShards);
  for (const [name, { size }] of atLeast) {
    if (!found.includes(name)) throw new TransparencyLogError('log-rolled-back', { size });
  }
  const names = found.length === 0 ? [shardAt(nowMs)] : found;
  const closed = [...(await readClosed(writing, names))];
  const unvouched: TransparencyLog[] = [];
  for (const { name, head, published } of closed) {
    if (published < head.size) unvouched.push(await openOne(writing, name));
  }
  let failure: unknown;

  const goOnAfter = async (old: OpenShard, closing: ClosingMark): Promise<OpenShard> => {
    const next = await openSuccessor(writing, old, closing);
    const { head, published, proofs } = old.log;
    closed.push({
      name: old.name,
      begin: old.begin,
      head,
      published: published.size,
      closing,
      proofs,
      isDropped: false,
    });
    if (published.size === head.size) await old.log.close();
    else unvouched.push(old.log);
    return next;
  };

  const goOn = async (): Promise<OpenShard> => {
    const name = names.at(-1) as string;
    const log = await openOne(writing, name);
    const before = closed.at(-1);
    if (before?.closing !== undefined && log.head.size === 0) {
      // Its writer died before the first entry, which is made of the closed log.
      await log.close();
      closed.pop();
      const waiting = unvouched.findIndex(({ head }) => head.origin === before.head.origin);
      const old =
        waiting < 0 ? await openOne(writing, before.name) : (unvouched.splice(waiting, 1)[0] as TransparencyLog);
      return goOnAfter({ name: before.name, begin: before.begin, log: old }, before.closing);
    }
    const open = { name, begin: before === undefined ? 0 : before.begin + before.head.size, log };
    const last = log.head.size === 0 ? undefined : markOf(await log.proofs.entry(log.head.size - 1, log.head));
    return isClosing(last) ? goOnAfter(open, last) : open;
  };

  const renewClosed = async (): Promise<void> => {
    for (const [at, shard] of closed.entries()) {
      const signers = writing.signersOf(shard.head.origin);
      const waiting = unvouched.find(({ head }) => head.origin === shard.head.origin);
      await waiting?.signWith(...signers);
      const head = waiting?.head ?? (await bearSignatures(store, shard, signers));
      closed[at] = { ...(closed[at] as Shard), head };
    }
  };

  let open = await goOn();
  await renewClosed();
  return {
    ...{ closed, unvouched },
    get open() {
      if (failure !== undefined) throw new TransparencyLogError('log-closed', {}, { cause: failure });
      return open;
    },
    handOver: async (at) => {
      const { log, name } = open;
      const closing = { closes: log.head.origin, successor: shardOrigin(writing.base, nextShard(name, at)) };
      try {
        await log.append([writing.closingEntry(closing)]);
        return (open = await goOnAfter(open, closing));
      } catch (error) {
        // Between two logs: only a fresh start may go on.
        failure = error;
        throw error;
      }
    },
    renewSignatures: async () => {
      await open.log.signWith(...writing.signersOf(open.log.head.origin));
      await renewClosed();
    },
    settle: async (log) => {
      const at = unvouched.indexOf(log);
      if (at >= 0) unvouched.splice(at, 1);
      await log.close();
      for (const [index, shard] of closed.entries()) {
        if (shard.head.origin === log.head.origin) closed[index] = { ...shard, published: log.published.size };
      }
      // Keys may have changed while witnesses were asked for what the former ones had signed.
      await renewClosed();
    },
    drop: async (name) => {
      const at = closed.findIndex((shard) => shard.name === name);
      const shard = closed[at];
      // The newest closed one may have to be opened again to finish its hand-over.
      if (shard === undefined || at === closed.length - 1 || shard.published !== shard.head.size) {
        throw new RangeError('Not a shard that can be dropped.');
      }
      if (shard.isDropped) return;
      await keepRemains(store, shard);
      closed[at] = { ...(closed[at] as Shard), isDropped: true };
    },
    clear: async (name) => {
      if (closed.find((shard) => shard.name === name)?.isDropped !== true) throw new RangeError('Not a dropped shard.');
      await store.clear(name);
    },
    close: async () => {
      await Promise.all([open.log, ...unvouched].map((log) => log.close()));
    },
  };
}

async function openOne({ store, base, signersOf, publication = 'at-once', atLeast }: ShardWriting, name: string) {
  const origin = shardOrigin(base, name);
  const [signer, ...besides] = signersOf(origin);
  const known = atLeast?.get(name);
  return openLog(await store.write(name), { origin, signer, besides, publication, ...(known && { atLeast: known }) });
}

/** All but the last, which must lead to it one after the other. */
async function readClosed(
  { store, base, signersOf, atLeast }: ShardWriting,
  names: readonly string[],
): Promise<readonly Shard[]> {
  const closed: Shard[] = [];
  for (const [at, name] of names.slice(0, -1).entries()) {
    const origin = shardOrigin(base, name);
    const trust = { origin, logKeys: signersOf(origin).map(({ key }) => key) };
    const shard = await readShard(store.read(name), name, trust, { isFirst: at === 0 });
    const begin = closed.reduce((_, { begin: before, head }) => before + head.size, 0);
    if (shard?.closing?.successor !== shardOrigin(base, names[at + 1] ?? '') || shard.begin !== begin) {
      throw new TransparencyLogError('shard-chain-broken', { size: shard?.head.size ?? 0 });
    }
    const known = atLeast?.get(name);
    if (known !== undefined) await assertContinues(known, shard);
    closed.push(shard);
  }
  return closed;
}

/** Of a shard that was dropped nothing is left to prove anything from; its last head can be the same. */
async function assertContinues(known: TreeHead, { head, proofs, isDropped }: Shard): Promise<void> {
  if (!isDropped) return assertAtLeast(known, head, proofs);
  if (known.size > head.size || (known.size === head.size && !sameBytes(known.root, head.root))) {
    throw new TransparencyLogError('log-rolled-back', { size: known.size });
  }
}

async function openSuccessor(writing: ShardWriting, old: OpenShard, { successor }: ClosingMark): Promise<OpenShard> {
  const { log, begin } = old;
  const cosigned = await writing.vouch(log);
  if (cosigned !== undefined) await log.publish(cosigned);
  const { size, root, origin } = log.head;
  const name = shardOfOrigin(successor)?.name;
  if (name === undefined) throw new TransparencyLogError('shard-chain-broken', { size });
  const next = await openOne(writing, name);
  const position = begin + size;
  if (next.head.size === 0) {
    const handOver = { from: { origin, size, root }, to: successor, position };
    const statement = await signHandOver(
      handOver,
      [origin, successor].flatMap((each) => writing.signersOf(each)),
    );
    const checkpoint = log.published.size === size ? log.published.raw : log.head.raw;
    await next.append([writing.openingEntry({ statement, checkpoint })]);
  }
  return { name, begin: position, log: next };
}
