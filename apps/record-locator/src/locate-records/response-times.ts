import { Injectable } from '@nestjs/common';

/** How much the newest observation counts in the moving average. */
const WEIGHT = 0.2;
/** A member that did not answer counts as if it had taken this long, ms. */
const UNANSWERED_MS = 10_000;

/**
 * What members usually take, learnt from the queries: an exponentially weighted moving average (Hunter 1986).
 *
 * In memory, because it is learnt anew within minutes and every instance sees every observation.
 */
@Injectable()
export class ResponseTimes {
  private readonly averageMs = new Map<string, number>();

  note(memberId: string, answered: boolean, elapsedMs: number): void {
    const observed = answered ? elapsedMs : Math.max(elapsedMs, UNANSWERED_MS);
    const before = this.averageMs.get(memberId);
    this.averageMs.set(memberId, before === undefined ? observed : before + WEIGHT * (observed - before));
  }

  /** ms; `undefined` for a member that was never asked. */
  expectedMs(memberId: string): number | undefined {
    return this.averageMs.get(memberId);
  }
}
