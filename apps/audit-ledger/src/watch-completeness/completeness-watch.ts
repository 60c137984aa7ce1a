import { createHash } from 'node:crypto';

import { AuditTrail } from '@hie/messaging';
import { PinoLogger } from '@hie/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

import { Sequencer } from '../append-event/sequencer.js';
import { ChainStore } from './chain.store.js';
import { type DueRanges, type Range, dueRanges } from './due-ranges.js';
import { type Gap, findGaps } from './find-gaps.js';

/** Entries of one query come from five services, each in its own time; a service that was restarted sends again within 5 s. */
const LEFT_ALONE_MS = 40_000;
const EVERY_MS = 5_000;
const AGAIN_MS = 5_000;
/** How far back a fresh process looks. */
const LOOK_BACK = 10_000;

/**
 * Raises an alert within a minute when something that happened is not in the log, which no Merkle tree can show.
 *
 * The alert is an error in the log of the service and an entry of the ledger, `ledger.gap-found`. Looks at entries 40 to 45 seconds after
 * they came; nothing wakes up while none come.
 */
@Injectable()
export class CompletenessWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private ranges: DueRanges | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sequencer: Sequencer,
    private readonly store: ChainStore,
    private readonly trail: AuditTrail,
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

  private async tell({ txn, index, missing, service }: Gap): Promise<void> {
    this.logger.error({ txn, index, missing, missingFrom: service }, 'ledger entry missing');
    const details = { index, missing, service };
    const facts = { action: 'ledger.gap-found', outcome: 'failed', reason: 'entry-missing', details } as const;
    // The same gap has the same event, which the ledger takes once, however often a fresh process looks back at it.
    await this.trail.record(facts, { txn, eventId: eventIdOf(`${txn} ${missing}`) });
  }
}

function eventIdOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
