import {
  CHECKPOINT_PATH,
  CLOSING_PATH,
  compareShards,
  isShardName,
  linkShards,
  type LogProofs,
  logProofs,
  type LogReader,
  openCheckpoint,
  type OpenCheckpoint,
  shardOfOrigin,
  type Trust,
  trustOfShard,
} from '@hie/transparency-log';

import { Complaint } from './complaint.js';
import { Evidence } from './evidence.js';
import { neighboursOf } from './neighbours.js';
import { openReader, readCount } from './options.js';
import { faultLine } from './report.js';

/** A log that single entries are read from, each to be proven. */
export interface ReadLog {
  /** Its name in the chain; absent for a log that is no shard. */
  readonly shard: string | undefined;
  readonly trust: Trust;
  readonly head: OpenCheckpoint;
  readonly proofs: LogProofs;
  /** Whether its entries are gone, as it says itself. */
  readonly isDropped: boolean;
}

/** Which log was given. */
export interface GivenLog {
  readonly url?: string | undefined;
  readonly dir?: string | undefined;
  readonly trust: Trust;
}

/** Where an entry is said to stand: `17`, in the log that was given, or `2026h2/17`, as receipts and AuditEvents name it. */
export interface PlaceGiven {
  readonly shard: string | undefined;
  readonly index: number;
}

/** @throws Complaint for what is neither. */
export function readPlace(given: string, option: string): PlaceGiven {
  const slash = given.lastIndexOf('/');
  const [shard, index] = [given.slice(0, Math.max(0, slash)), readCount(given.slice(slash + 1), option)];
  if (slash >= 0 && !isShardName(shard)) throw new Complaint(`${option} is an index, or SHARD/INDEX such as 2026h2/17`);
  return { shard: slash < 0 ? undefined : shard, index };
}

/**
 * One log alone: the one that was given, or the shard of this name beside it.
 *
 * @throws Complaint when it is not there; TransparencyLogError when its checkpoint is not to be believed.
 */
export async function openOne(given: GivenLog, shard?: string): Promise<ReadLog> {
  const named = shardOfOrigin(given.trust.origin)?.name;
  if (shard === undefined || shard === named) return readLog(await openReader(given), named, given.trust);
  if (named === undefined) throw new Complaint(`${given.trust.origin} is no half-yearly log: it has no shard ${shard}`);
  return readLog(neighboursOf(given).readerOf(shard), shard, trustOfShard(given.trust, shard));
}

/**
 * All logs of the chain that the given one stands in, oldest first; that one, where it is no shard.
 *
 * @throws Evidence when the chain does not hold: what is read from a part of it would look like all.
 */
export async function openChain(given: GivenLog): Promise<readonly ReadLog[]> {
  if (shardOfOrigin(given.trust.origin) === undefined) return [await openOne(given)];
  // What is given must be there; what the chain leads to is a finding.
  if ((await (await openReader(given)).read(CHECKPOINT_PATH)) === undefined) throw new Complaint(NO_LOG);
  const { readerOf, offered } = neighboursOf(given);
  const links = await linkShards(given.trust, { readerOf, offered: await offered() });
  const faults = links.flatMap(({ ends: { name, fault }, chain }) =>
    chain === undefined && fault === undefined ? [] : [faultLine(name, { chain, fault })],
  );
  if (faults.length > 0) throw new Evidence(faults.join('\n'));
  return links.map(({ ends: { name, trust, proofs, checkpoint, isDropped = false } }) => ({
    ...{ shard: name, trust, proofs, isDropped },
    head: checkpoint as OpenCheckpoint,
  }));
}

/** The logs from one to another, in the chain's order. @throws Complaint, Evidence. */
export async function openRun(
  given: GivenLog,
  from: PlaceGiven,
  to: PlaceGiven | undefined,
): Promise<readonly ReadLog[]> {
  const own = shardOfOrigin(given.trust.origin)?.name;
  const [first, last] = [from.shard ?? own, to === undefined ? (from.shard ?? own) : (to.shard ?? own)];
  if (first === last || first === undefined || last === undefined) return [await openOne(given, first)];
  if (compareShards(first, last) > 0) throw new Complaint(`${first} comes after ${last}`);
  const chain = await openChain(given);
  const isBetween = ({ shard = '' }: ReadLog): boolean =>
    compareShards(shard, first) >= 0 && compareShards(shard, last) <= 0;
  const logs = chain.filter(isBetween);
  for (const name of [first, last]) {
    if (!logs.some(({ shard }) => shard === name)) throw new Complaint(`the chain has no shard ${name}`);
  }
  logs.forEach(assertThere);
  return logs;
}

const NO_LOG = 'there is no checkpoint: this is not a log, or an empty folder';

async function readLog(reader: LogReader, shard: string | undefined, trust: Trust): Promise<ReadLog> {
  const raw = await reader.read(CHECKPOINT_PATH);
  if (raw === undefined) throw new Complaint(shard === undefined ? NO_LOG : `${shard}: ${NO_LOG}`);
  const isDropped = shard !== undefined && (await reader.read(CLOSING_PATH)) !== undefined;
  const log = { shard, trust, head: openCheckpoint(raw, trust), proofs: logProofs(reader), isDropped };
  assertThere(log);
  return log;
}

function assertThere({ shard = '', isDropped }: ReadLog): void {
  if (isDropped)
    throw new Complaint(`${shard} says that its entries were dropped; verify tells whether the ledger says so`);
}
