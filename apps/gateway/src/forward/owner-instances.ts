import { setTimeout as pause } from 'node:timers/promises';

import { OwnerProblem } from './owner-problem.js';

/** A service takes over from a killed instance of it within this time: Kafka misses the dead for six seconds. */
const TAKE_OVER_WITHIN_MS = 12_000;
const ASK_AGAIN_AFTER_MS = 250;
/** Nothing was sent, so it may be sent to another. */
const NOT_REACHED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Time, as a test makes it. */
export interface Clock {
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
}

const unavailable = (): OwnerProblem =>
  new OwnerProblem(503, 'service-unavailable', { status: 503, code: 'service-unavailable' });

/**
 * The instances of one owner, of which one takes what is forwarded: the others say 421 (RFC 9110, section 15.5.20).
 *
 * The one that took the last request is asked first. A request that broke off on its way is not sent again: it may have been done.
 */
export class OwnerInstances {
  private urls: readonly string[];

  constructor(
    urls: readonly string[],
    private readonly clock: Clock = { now: Date.now, pause: (ms) => pause(ms) },
  ) {
    this.urls = urls;
  }

  /**
   * @param send sends it to one instance. @throws whatever it throws; OwnerProblem `service-unavailable` 503 where no instance took it
   * in the time of a take-over
   */
  async ask<T>(send: (url: string) => Promise<T>): Promise<T> {
    const until = this.clock.now() + TAKE_OVER_WITHIN_MS;
    for (;;) {
      for (const url of this.urls) {
        try {
          const answer = await send(url);
          this.urls = [url, ...this.urls.filter((other) => other !== url)];
          return answer;
        } catch (error) {
          if (!this.isElsewhere(error)) throw error;
        }
      }
      if (this.clock.now() >= until) throw unavailable();
      await this.clock.pause(ASK_AGAIN_AFTER_MS);
    }
  }

  private isElsewhere(error: unknown): boolean {
    if (error instanceof OwnerProblem) return error.status === 421;
    // A lone instance that is not there is a service that is down, which is said at once.
    return this.urls.length > 1 && NOT_REACHED.has((error as { readonly code?: unknown }).code);
  }
}
