import { PinoLogger } from '@hie/service-kit';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import { PendingQueries } from './pending-queries.js';
import { QueryEnding } from './query-ending.js';
import { SessionStore } from './session.store.js';

const SWEEP_EVERY_MS = 500;
/** The instance that answers a query ends it itself; this long after the deadline any other may. */
const GRACE_MS = 500;
const SWEEP_LIMIT = 500;
const FORGET_EVERY_MS = 60_000;
const ANSWERS_KEPT_MS = 15 * 60_000;
const SESSIONS_KEPT_MS = 24 * 3_600_000;

/** A query that no hop finishes still ends: closed as failed after its deadline, and the ledger says so. */
@Injectable()
export class QuerySweeper implements OnModuleInit, OnApplicationShutdown {
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly sessions: SessionStore,
    private readonly pending: PendingQueries,
    private readonly ending: QueryEnding,
    private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    this.timers = [
      setInterval(() => this.guarded(() => this.sweep()), SWEEP_EVERY_MS),
      setInterval(() => this.guarded(() => this.sessions.forget(ANSWERS_KEPT_MS, SESSIONS_KEPT_MS)), FORGET_EVERY_MS),
    ];
  }

  onApplicationShutdown(): void {
    this.timers.forEach(clearInterval);
  }

  private async sweep(): Promise<void> {
    for (const { txn } of await this.ending.closeOverdue(GRACE_MS, SWEEP_LIMIT)) this.pending.find(txn)?.expire();
  }

  private guarded(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.logger.warn({ err: error }, 'sweep failed'));
  }
}
