import { PinoLogger } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { OutcomeError } from '../http/outcome-error.js';
import type { Judge, PendingQuery } from './pending-query.js';
import { ReleaseGate } from './release-gate.js';
import { WithheldAnswers } from './withheld-answers.js';

/** Answers come late for about ten seconds after the deadline. */
const LATE_MS = 15_000;
/** How long a caller who reads again waits for the gate, ms. */
const READ_AGAIN_MS = 2_000;

/** The last step: what is whole leaves, if what it was decided on still holds. */
@Injectable()
export class AnswerRelease {
  private readonly judge: Judge = (stage, query) => this.gate.judge(stage, query);

  constructor(
    private readonly gate: ReleaseGate,
    private readonly withheld: WithheldAnswers,
    private readonly logger: PinoLogger,
  ) {}

  /** An answer has arrived and its receipt is on its way. */
  prepare(): void {
    this.gate.prepare();
  }

  /** Releases what is whole, at once or as soon as the gate knows enough; what may not be shown is replaced by an answer that discloses nothing. */
  settle(query: PendingQuery): void {
    if (this.gate.isFresh) return this.settleNow(query);
    this.gate
      .whenFresh(query.deadlineMs + LATE_MS)
      .then((isFresh) => {
        if (isFresh) this.settleNow(query);
      })
      .catch((error: unknown) => this.logger.error({ err: error }, 'answer not released'));
  }

  /**
   * Before a query's stages are shown again: takes away what may not be shown any more.
   *
   * @throws OutcomeError `service-unavailable` when the gate can not know.
   */
  async review(query: PendingQuery): Promise<void> {
    if (!(await this.gate.whenFresh(Date.now() + READ_AGAIN_MS))) throw new OutcomeError('service-unavailable');
    const withheld = [...query.settle(this.judge), ...query.review(this.judge)];
    for (const each of withheld) await this.withheld.tell(query, each);
  }

  private settleNow(query: PendingQuery): void {
    for (const each of query.settle(this.judge)) {
      this.withheld
        .replace(query, each)
        .catch((error: unknown) => this.logger.error({ err: error }, 'withheld answer not replaced'));
    }
  }
}
