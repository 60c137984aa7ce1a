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
 * log, and `ledger.rows-changed`, once until the row is right again, which only the table's owner can make it.
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
  /** Positions of changed rows that were told. */
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
    await this.lookForChanged();
    await this.orders.look(below);
  }

  private async lookForMissing(below: number): Promise<void> {
    const { missing, first } = await this.standing.missing(this.shards.all, below);
    if (first === undefined) return;
    await this.alarm.raise('rows-missing', { missing, below, first });
    await this.standing.complete(this.shards.all);
  }

  private async lookForChanged(): Promise<void> {
    for (let looked = 0; looked < ROWS_A_ROUND && !this.isEnded; looked += AT_ONCE) {
      const from = this.next;
      const { changed, next = 0 } = await this.standing.changedFrom(from, AT_ONCE);
      for (const index of changed) if (!this.known.has(index)) await this.alarm.raise('row-changed', { index });
      for (const index of this.known) if (index >= from && (next === 0 || index < next)) this.known.delete(index);
      changed.forEach((index) => this.known.add(index));
      this.next = next;
      if (next === 0) return;
    }
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
