import { SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

import { StandingEntries } from '../append-event/standing-entries.js';
import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { OrderWatch } from '../keep-orders/order-watch.js';
import { ShardKeeper } from '../keep-shards/shard-keeper.js';
import { sizeOf } from '../read-log/log-view.js';
import { TamperAlarm } from './tamper-alarm.js';

/** Rows that are looked at in one round: ten million within a day and a half, for a second of work every ten minutes. */
const ROWS_A_ROUND = 50_000;
const AT_ONCE = 1_000;

/**
 * Holds the tables against the log. Finds what was done to the one that compliance staff search, before somebody reads it: rows that were taken out, which nobody would
 * ever read, and rows that were changed, of which each round looks at some, from the first to the last and again.
 *
 * What it finds is told to the log of the service and to the ledger, with its position: `ledger.rows-missing`, which it puts back from the
 * log, and `ledger.rows-changed`, once until the row is right again, which only the table's owner can make it; `ledger.entry-forged`, for an
 * entry that stands in the log and that the service it names has not signed: nothing makes that right.
 */
@Injectable()
export class ProjectionWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private isEnded = false;
  /** How large the log was at the last look: rows of entries this old are committed, or never will be. */
  private settled = 0;
  /** The position from which the next rows are looked at. */
  private next = 0;
  /** Up to where rows were looked at as the newest. */
  private newest = 0;
  /** Positions of changed and forged rows that were told. */
  private readonly known = new Set<number>();

  constructor(
    private readonly shards: ShardKeeper,
    private readonly standing: StandingEntries,
    private readonly orders: OrderWatch,
    private readonly alarm: TamperAlarm,
    @Inject(SERVICE_CONFIG) private readonly config: AuditLedgerConfig,
  ) {}

  /** Before any door opens: what a restored backup has brought back must not be acted on. */
  async onApplicationBootstrap(): Promise<void> {
    this.settled = sizeOf(this.shards.all);
    this.newest = Math.max(0, this.settled - ROWS_A_ROUND);
    await this.orders.look(this.settled);
    this.arm();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isEnded = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  /** Compares the table with the log's first `below` entries. */
  async look(below: number): Promise<void> {
    await this.lookForMissing(below);
    await this.lookAtRows(below);
    await this.orders.look(below);
  }

  private async lookForMissing(below: number): Promise<void> {
    const { missing, first } = await this.standing.missing(this.shards.all, below);
    if (first === undefined) return;
    await this.alarm.raise('rows-missing', { missing, below, first });
    await this.standing.complete(this.shards.all);
  }

  /** The newest first: what somebody wrote while nobody looked is among them. Then the others, on from where the last round ended. */
  private async lookAtRows(below: number): Promise<void> {
    for (let from: number | undefined = this.newest; from !== undefined && from < below && !this.isEnded;)
      from = await this.lookFrom(from);
    this.newest = Math.max(this.newest, below);
    for (let looked = 0; looked < ROWS_A_ROUND && !this.isEnded; looked += AT_ONCE) {
      const next = await this.lookFrom(this.next);
      this.next = next ?? 0;
      if (next === undefined) return;
    }
  }

  private async lookFrom(from: number): Promise<number | undefined> {
    const { changed, forged, next } = await this.standing.lookFrom(from, AT_ONCE);
    for (const index of changed) if (!this.known.has(index)) await this.alarm.raise('row-changed', { index });
    for (const index of forged) if (!this.known.has(index)) await this.alarm.raise('entry-forged', { index });
    for (const index of this.known) if (index >= from && (next === undefined || index < next)) this.known.delete(index);
    for (const index of [...changed, ...forged]) this.known.add(index);
    return next;
  }

  private arm(): void {
    if (this.isEnded) return;
    this.timer = setTimeout(() => {
      this.looking = this.lookAgain();
    }, this.config.LEDGER_CHECK_INTERVAL_MS).unref();
  }

  private async lookAgain(): Promise<void> {
    const below = this.settled;
    this.settled = sizeOf(this.shards.all);
    try {
      await this.look(below);
    } catch (error) {
      this.alarm.failed(error);
    }
    this.arm();
  }
}
