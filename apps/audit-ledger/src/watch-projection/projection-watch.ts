import { AuditTrail } from '@hie/messaging';
import { PinoLogger } from '@hie/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

import { EntryStore } from '../append-event/entry.store.js';
import { Sequencer } from '../append-event/sequencer.js';
import { StandingEntries } from '../append-event/standing-entries.js';
import { ShardKeeper } from '../keep-shards/shard-keeper.js';
import { droppedRanges } from '../read-log/log-view.js';

const EVERY_MS = 600_000;

/**
 * Finds rows that were taken out of the table that compliance staff search. One that was changed is found when it is read
 * (`rowMac`); one that is gone is read by nobody.
 *
 * What is missing is told to the log of the service and to the ledger, as `ledger.rows-missing`, and put back from the log.
 */
@Injectable()
export class ProjectionWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  /** How large the log was at the last look: rows of entries this old are committed, or never will be. */
  private settled = 0;

  constructor(
    private readonly sequencer: Sequencer,
    private readonly shards: ShardKeeper,
    private readonly store: EntryStore,
    private readonly standing: StandingEntries,
    private readonly trail: AuditTrail,
    private readonly logger: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.settled = this.sequencer.size;
    this.timer = setInterval(() => void this.lookAgain(), EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Compares the table with a log's first `below` entries. */
  async look(below: number): Promise<void> {
    const dropped = droppedRanges(this.shards.all);
    const gone = dropped.reduce((sum, { begin, end }) => sum + Math.max(0, Math.min(end, below) - begin), 0);
    const missing = below - gone - (await this.store.countBelow(below, dropped));
    if (missing === 0) return;
    this.logger.error({ missing, below }, 'ledger rows missing');
    const details = { missing, below };
    await this.trail.record({ action: 'ledger.rows-missing', outcome: 'failed', reason: 'rows-missing', details }, {});
    await this.standing.complete(this.shards.all);
  }

  private async lookAgain(): Promise<void> {
    const below = this.settled;
    this.settled = this.sequencer.size;
    try {
      await this.look(below);
    } catch (error) {
      this.logger.error({ err: error }, 'projection not checked');
    }
  }
}
