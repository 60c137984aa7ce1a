import { PinoLogger } from '@hie/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

import { Sequencer } from '../append-event/sequencer.js';
import { ChainStore } from './chain.store.js';
import { type DueRanges, type Range, dueRanges } from './due-ranges.js';
import { type Gap, findGaps } from './find-gaps.js';
import { GapAlerts } from './gap-alerts.js';

/** Entries of one query come from five services, each in its own time; a service that was restarted sends again within 5 s. */
const LEFT_ALONE_MS = 40_000;
const EVERY_MS = 5_000;
const AGAIN_MS = 5_000;
/** How far back a fresh process looks. */
const LOOK_BACK = 10_000;

/**
 * Raises an alert within a minute when a step of a query is not in the log, which no Merkle tree can show.
 *
 * It rests on what hops say of each other, so it finds also what a service never meant to tell. Looks at entries 40 to 45 seconds after
 * they came; nothing wakes up while none come.
 */
@Injectable()
export class CompletenessWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private ranges: DueRanges | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sequencer: Sequencer,
    private readonly store: ChainStore,
    private readonly alerts: GapAlerts,
    private readonly logger: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    const size = () => this.sequencer.size;
    const ranges = dueRanges(Math.max(0, size() - LOOK_BACK), LEFT_ALONE_MS, EVERY_MS, () => performance.now());
    const grown = (): void => {
      ranges.grown(size());
      this.arm();
    };
    this.ranges = ranges;
    this.sequencer.onHead(grown);
    grown();
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
    this.ranges = undefined;
  }

  /** Looks at a range, and tells of what is missing. */
  async look({ begin, end }: Range): Promise<void> {
    for (const gap of findGaps(await this.store.chainsOf(begin, end))) await this.tell(gap);
  }

  private arm(waitMs = this.ranges?.dueInMs): void {
    if (waitMs === undefined || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const range = this.ranges?.take();
      if (range === undefined) this.arm();
      else void this.lookAgain(range);
    }, waitMs);
    this.timer.unref();
  }

  private async lookAgain(range: Range): Promise<void> {
    try {
      await this.look(range);
      this.arm();
    } catch (error) {
      this.logger.error({ err: error }, 'completeness not checked');
      if (this.ranges !== undefined) setTimeout(() => void this.lookAgain(range), AGAIN_MS).unref();
    }
  }

  private tell({ txn, index, missing, service }: Gap): Promise<void> {
    const identity = `${txn} ${missing}`;
    return this.alerts.raise({ reason: 'entry-missing', service, details: { index, missing }, txn, identity });
  }
}
