import { PinoLogger, ReadinessRegistry } from '@hie/service-kit';
import { type OpenCheckpoint, type TransparencyLog, TransparencyLogError } from '@hie/transparency-log';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import { ShardKeeper } from '../keep-shards/shard-keeper.js';
import { type ShardPlace, placeOf, shardOf, sizeOf } from '../read-log/log-view.js';
import { gathered } from './gathered.js';
import { StandingEntries } from './standing-entries.js';
import { type KnownPlace, RecentPlaces } from './recent-places.js';

/** An entry's place in the log, durable, under a signed checkpoint of its shard; `index` is its position among all shards' entries. */
export interface Place extends KnownPlace {
  readonly checkpoint: OpenCheckpoint;
}

/** A sealed entry on its way into the log. */
export interface NewEntry {
  readonly eventId: string;
  /** When it happened; ISO 8601. */
  readonly at: string;
  readonly leaf: Uint8Array;
}

interface Waiting {
  readonly entry: NewEntry;
  /** Whether somebody waits for the receipt. */
  readonly isUrgent: boolean;
  readonly resolve: (place: Place) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_BATCH = 256;
/** How long an entry that nobody waits for may wait for company. What a query tells the ledger is mostly such. */
const MAX_WAIT_MS = 250;
/** Places of entries just appended, whose row may not be committed yet. */
const RECENT = 20_000;

/** Said before the process ends: what it can't find out is which of the two is the older, on purpose or by mistake. */
const ROLLED_BACK =
  'log put back: its folder holds less than the database knows, or another history; restore the newest folder, and append nothing to this one';

const isRolledBack = (error: unknown): error is TransparencyLogError =>
  error instanceof TransparencyLogError && error.code === 'log-rolled-back';

/**
 * The one writer of the log: gives each event its index, once.
 *
 * Entries are appended in batches, one at a time. An entry whose receipt is waited for closes its batch at once and takes along all
 * that came before it; without one, a batch is closed at 256 entries or 250 ms after its first. An event that was appended before
 * gets its old index, whether the projection knows it already or only this process does. After a crash the projection is completed
 * from the log's own files before anything new is appended.
 */
@Injectable()
export class Sequencer implements OnModuleInit, OnApplicationShutdown {
  private isComplete = false;
  private turning: Promise<unknown> = Promise.resolve();
  private readonly listeners: (() => void)[] = [];
  private readonly gather = gathered<Waiting>({
    run: (batch) => this.inTurn(() => this.run(batch)),
    isUrgent: ({ isUrgent }) => isUrgent,
    maxItems: MAX_BATCH,
    maxWaitMs: MAX_WAIT_MS,
  });
  private readonly recent = new RecentPlaces(Date.now(), RECENT);

  constructor(
    private readonly standing: StandingEntries,
    private readonly shards: ShardKeeper,
    private readonly logger: PinoLogger,
    readiness: ReadinessRegistry,
  ) {
    readiness.add('ledger', () => this.isComplete);
  }

  /** @throws TransparencyLogError `log-rolled-back` when the log is older than what the database knows of it: to go on would fork it. */
  async onModuleInit(): Promise<void> {
    try {
      await this.shards.open(await this.standing.keptHeads());
      await this.standing.assertNoneBeyond(this.shards.all);
    } catch (error) {
      if (isRolledBack(error)) this.logger.fatal({ err: error, ...error.place }, ROLLED_BACK);
      throw error;
    }
    await this.standing.complete(this.shards.all);
    this.isComplete = true;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.turning;
    if (this.shards.isOpen) await this.shards.close();
  }

  /** @param isUrgent whether somebody waits for the receipt; an entry that is not urgent may wait for company. */
  append(entry: NewEntry, isUrgent: boolean): Promise<Place> {
    return new Promise((resolve, reject) => this.gather({ entry, isUrgent, resolve, reject }));
  }

  /** The log that takes entries, once the service has started. */
  get openedLog(): TransparencyLog {
    return this.shards.current.log;
  }

  /** How many entries all shards have together: the position of the next. */
  get size(): number {
    return sizeOf(this.shards.all);
  }

  /** Shard, and index in it, of an entry's position. */
  placeOf({ index }: Pick<Place, 'index'>): ShardPlace {
    return placeOf(this.shards.all, index);
  }

  /** Closes the shard that is written and opens the next, between two batches. */
  async handOver(): Promise<void> {
    await this.inTurn(() => this.turn());
    this.listeners.forEach((listener) => listener());
  }

  /**
   * Runs something between two batches, which may append to the open shard: what it appended is in the projection before the next batch.
   *
   * @throws what the work throws; after a TransparencyLogError the service ends, as after a batch that failed.
   */
  async between(work: () => Promise<void>): Promise<void> {
    await this.inTurn(async () => {
      const { size } = this;
      try {
        await work();
        if (this.size > size) await this.standing.complete(this.shards.all);
      } catch (error) {
        if (error instanceof TransparencyLogError) this.giveUp(error);
        throw error;
      }
    });
    this.listeners.forEach((listener) => listener());
  }

  /** Calls back after each batch, when the log has a new head. */
  onHead(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Audit path from a leaf to the root of a checkpoint. */
  proof({ index, checkpoint }: Place): Promise<readonly Uint8Array[]> {
    return this.shards.proof(index, checkpoint);
  }

  /** One batch, or one hand-over, at a time. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.turning.then(work);
    this.turning = result.catch(() => undefined);
    return result;
  }

  /** Hands over to the next shard, and brings its entries into the projection. */
  private async turn(): Promise<void> {
    try {
      await this.shards.handOver();
      await this.standing.complete(this.shards.all);
    } catch (error) {
      this.giveUp(error);
      throw error;
    }
  }

  private async run(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.place(batch);
    } catch (error) {
      batch.forEach(({ reject }) => reject(error));
      if (error instanceof TransparencyLogError) this.giveUp(error);
    }
  }

  private async place(group: readonly Waiting[]): Promise<void> {
    const known = await this.knownPlaces(group.map(({ entry }) => entry));
    const fresh = new Map<string, NewEntry>();
    for (const { entry } of group) if (!known.has(entry.eventId)) fresh.set(entry.eventId, entry);
    await this.shards.takeNewKeys();
    if (this.shards.isTurnDue) await this.turn();
    const { log, begin } = this.shards.current;
    const appended = fresh.size === 0 ? undefined : await log.append([...fresh.values()].map(({ leaf }) => leaf));
    [...fresh.keys()].forEach((eventId, at) => {
      const place = {
        index: begin + (appended?.firstIndex ?? 0) + at,
        leafHash: appended?.leafHashes[at] ?? new Uint8Array(),
      };
      known.set(eventId, place);
      this.recent.remember(eventId, place, Date.now());
    });
    const checkpoint = appended?.checkpoint ?? log.head;
    for (const { entry, resolve, reject } of group) {
      const place = known.get(entry.eventId);
      if (place === undefined) reject(new RangeError('An entry was appended without a place.'));
      // One that an older shard holds is proven under the checkpoint that this one ended with.
      else
        resolve({
          ...place,
          checkpoint: place.index < begin ? shardOf(this.shards.all, place.index).head : checkpoint,
        });
    }
    if (appended !== undefined) this.listeners.forEach((listener) => listener());
  }

  private async knownPlaces(entries: readonly NewEntry[]): Promise<Map<string, KnownPlace>> {
    const known = new Map<string, KnownPlace>();
    const unsure: string[] = [];
    for (const { eventId, at } of entries) {
      const recent = this.recent.find(eventId);
      if (recent !== undefined) known.set(eventId, recent);
      else if (this.recent.mayBeForgotten(at, Date.now())) unsure.push(eventId);
    }
    if (unsure.length === 0) return known;
    const { places, forged } = await this.standing.placesOf(unsure, this.shards.all);
    for (const [eventId, place] of places) known.set(eventId, place);
    for (const index of forged)
      this.logger.error({ code: 'ledger-row-changed', index }, 'row of an event not believed');
    return known;
  }

  /** The log has closed itself and can't say what became of the last entries; a fresh start finds out. */
  private giveUp(error: unknown): void {
    this.logger.fatal({ err: error }, 'ledger closed');
    process.kill(process.pid, 'SIGTERM');
  }
}
