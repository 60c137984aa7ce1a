import { PinoLogger } from '@hie/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

import { Sequencer } from '../append-event/sequencer.js';
import { GlassReports } from './glass-reports.js';
import { ReviewCasesHandler } from './review-cases.handler.js';
import { TransactionEntries } from './transaction-entries.js';

/** A batch's rows are committed well within this time after its head. */
const AFTER_HEAD_MS = 2_000;
const AT_ONCE = 100;

/**
 * Opens a case for every broken glass, without anybody's doing, and sees to it that the others are told.
 *
 * What has none yet is asked of the projection, so a restart, a failure or a late row loses nothing: it is found at the next look, which
 * follows the next entry. Opening a case is itself an entry.
 */
@Injectable()
export class BreakGlassWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private isEnded = false;

  constructor(
    private readonly sequencer: Sequencer,
    private readonly transactions: TransactionEntries,
    private readonly cases: ReviewCasesHandler,
    private readonly reports: GlassReports,
    private readonly logger: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.sequencer.onHead(() => this.arm());
    this.arm();
  }

  onApplicationShutdown(): void {
    this.isEnded = true;
    clearTimeout(this.timer);
  }

  /** @returns how many cases were opened, and how many broken glasses still wait for their answer. */
  async look(): Promise<{ readonly opened: number; readonly waiting: number }> {
    const broken = await this.transactions.brokenGlasses(AT_ONCE);
    for (const { txn, concerned } of broken) await this.cases.open(txn, 'break-glass', concerned);
    return { opened: broken.length, waiting: await this.reports.report(Date.now()) };
  }

  private arm(): void {
    if (this.isEnded || this.timer !== undefined) return;
    this.timer = setTimeout(() => void this.lookAgain(), AFTER_HEAD_MS);
    this.timer.unref();
  }

  private async lookAgain(): Promise<void> {
    this.timer = undefined;
    try {
      const { opened, waiting } = await this.look();
      if (opened === AT_ONCE || waiting > 0) this.arm();
    } catch (error) {
      this.logger.error({ err: error }, 'broken glasses not looked for');
      this.arm();
    }
  }
}
