import type { PinoLogger } from '@hie/service-kit';

import { PendingQueries } from './pending-queries.js';
import { PendingQuery } from './pending-query.js';
import type { QueryEnding } from './query-ending.js';
import { QuerySweeper } from './query-sweeper.js';
import type { SessionStore } from './session.store.js';

describe(QuerySweeper.name, () => {
  beforeEach(() => import.meta.jest.useFakeTimers());
  afterEach(() => import.meta.jest.useRealTimers());
  const passes = (ms: number) => import.meta.jest.advanceTimersByTimeAsync(ms);

  function setup() {
    /** Queries that PostgreSQL says are overdue, or the failure to ask it. */
    const overdue: { txns: string[]; failure?: Error } = { txns: [] };
    const looks: unknown[][] = [];
    const forgotten: unknown[][] = [];
    const failures: unknown[] = [];
    const ending = {
      expire: () => Promise.resolve(),
      closeOverdue: (...asked: unknown[]) => {
        looks.push(asked);
        if (overdue.failure !== undefined) return Promise.reject(overdue.failure);
        return Promise.resolve(overdue.txns.splice(0).map((txn) => ({ txn })));
      },
    } as unknown as QueryEnding;
    const sessions = {
      forget: (...after: unknown[]) => (forgotten.push(after), Promise.resolve()),
    } as unknown as SessionStore;
    const logger = { warn: (failure: unknown) => void failures.push(failure) } as unknown as PinoLogger;
    const pending = new PendingQueries(ending, logger);
    const sweeper = new QuerySweeper(sessions, pending, ending, logger);
    return { sweeper, pending, overdue, looks, forgotten, failures };
  }
  const query = (txn: string) =>
    new PendingQuery({ txn, memberId: 'mercy', requestDigest: 'd', deadlineMs: Date.now() + 60_000 });

  it('ends those that wait for a query that was closed, and nobody else', async () => {
    const { sweeper, pending, overdue } = setup();
    const [closed, other] = [query('closed'), query('other')];
    pending.add(closed);
    pending.add(other);
    sweeper.onModuleInit();
    overdue.txns = ['closed', 'of another instance'];
    await passes(500);
    expect([closed.isEnded, other.isEnded]).toEqual([true, false]);
  });

  it('leaves the instance that answers a query half a second to end it itself', async () => {
    const { sweeper, looks } = setup();
    sweeper.onModuleInit();
    await passes(1_000);
    expect(looks).toEqual([
      [500, 500],
      [500, 500],
    ]);
  });

  it('goes on after a failure, and says so', async () => {
    const { sweeper, looks, overdue, failures } = setup();
    sweeper.onModuleInit();
    overdue.failure = new Error('Connection terminated');
    await passes(1_000);
    expect([looks.length, failures.length]).toEqual([2, 2]);
  });

  it('forgets held answers after a quarter of an hour and sessions after a day, and stops with the process', async () => {
    const { sweeper, looks, forgotten } = setup();
    sweeper.onModuleInit();
    await passes(60_000);
    expect(forgotten).toEqual([[15 * 60_000, 24 * 3_600_000]]);
    sweeper.onApplicationShutdown();
    const seen = looks.length;
    await passes(60_000);
    expect([looks.length, forgotten.length]).toEqual([seen, 1]);
  });
});
