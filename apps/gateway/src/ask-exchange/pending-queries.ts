import { PinoLogger } from '@hie/service-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

import { PendingQuery } from './pending-query.js';

/**
 * How long a query stays in memory after its deadline, for late results, ms. Whoever asks for it later gets it from the store. With a
 * minute of them the gateway had 459 MiB resident after the benchmark's load, with this 399.
 */
const KEPT_AFTER_DEADLINE_MS = 15_000;

/** The queries of this instance. */
@Injectable()
export class PendingQueries implements OnApplicationShutdown {
  private readonly queries = new Map<string, PendingQuery>();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly logger: PinoLogger) {}

  get size(): number {
    return this.queries.size;
  }

  /** @param onExpire called once at the deadline, with the query as it stands then; where it fails, the sweeper of another round ends the session. */
  add(query: PendingQuery, onExpire: (query: PendingQuery) => Promise<void>): void {
    this.queries.set(query.txn, query);
    const timer = setTimeout(
      () => {
        onExpire(query).catch((error: unknown) => this.logger.warn({ err: error }, 'end of a query not recorded'));
        this.timers.set(
          query.txn,
          setTimeout(() => this.remove(query.txn), KEPT_AFTER_DEADLINE_MS),
        );
      },
      Math.max(0, query.deadlineMs - Date.now()),
    );
    this.timers.set(query.txn, timer);
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
}
