// What a gateway makes of queries that it did not send in this life: none is forgotten while something may come of it, and each ends.
import type { Answer, AuditReceipt } from '@hie/contracts';
import type { PinoLogger } from '@hie/service-kit';

import type { AnswerRelease } from './answer-release.js';
import { KEPT_AFTER_DEADLINE_MS, PendingQueries } from './pending-queries.js';
import { type PendingQuery, firstStage, lastStage } from './pending-query.js';
import type { QueryEnding } from './query-ending.js';
import { RememberedQueries } from './remembered-queries.js';
import type { HeldAnswer, SessionStore, StoredSession } from './session.store.js';

const txn = '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10';
const answer: Answer = {
  ...{ txn, stage: 'critical', outcome: 'answered', candidates: [], coverage: [] },
  assembledAt: '2026-01-01T00:00:00.000Z',
};
const receipt = (digest: string) => ({ digest }) as AuditReceipt;
const held = (digest: string, over: Partial<HeldAnswer> = {}): HeldAnswer => ({
  ...{ part: digest, digest, answer: JSON.stringify(answer), more: true, receipt: receipt(digest) },
  ...over,
});

describe(RememberedQueries.name, () => {
  beforeEach(() => import.meta.jest.useFakeTimers());
  afterEach(() => import.meta.jest.useRealTimers());
  const passes = (ms: number) => import.meta.jest.advanceTimersByTimeAsync(ms);

  /** A session that another instance answers, with the stages that are in the store; both may change. */
  function setup(over: Partial<StoredSession> = {}) {
    const session: StoredSession = {
      ...{ txn, memberId: 'mercy', clientId: 'mercy-emr', purpose: 'TREAT', instance: 'another', state: 'open' },
      ...{ requestDigest: 'd', deadlineMs: Date.now() + 5_000, ...over },
    };
    const store: HeldAnswer[] = [];
    const sessions = {
      find: (id: string) => Promise.resolve(id === txn ? session : undefined),
      answersOf: () => Promise.resolve([...store]),
      unfinishedOf: (instance: string) => Promise.resolve(instance === session.instance ? [session] : []),
    } as unknown as SessionStore;
    const ended: string[] = [];
    const ending = {
      expire: (query: PendingQuery) => (query.expire(), Promise.resolve(void ended.push(query.txn))),
    } as unknown as QueryEnding;
    const logger = { warn: () => undefined } as unknown as PinoLogger;
    const pending = new PendingQueries(ending, logger);
    const release = { settle: (query: PendingQuery) => void query.settle(() => undefined) } as unknown as AnswerRelease;
    const remembered = new RememberedQueries(sessions, pending, release, logger, { HIE_INSTANCE: 'this' });
    const recall = async (): Promise<PendingQuery> => {
      const query = await remembered.recall(txn, () => undefined);
      if (query === undefined) throw new RangeError('It is not there.');
      release.settle(query);
      return query;
    };
    return { session, store, ended, pending, remembered, recall };
  }
  /** What a wait has come to; `undefined` while it lasts. */
  function outcomeOf(wait: Promise<unknown>) {
    const seen: { outcome?: unknown } = {};
    void wait.then((outcome) => (seen.outcome = outcome));
    return seen;
  }

  it('goes on, after a restart, with a query that was answered before: what follows is released, and nothing is twice', async () => {
    const { store, pending, remembered } = setup({ instance: 'this', state: 'answered' });
    store.push(held('critical'));
    await remembered.onModuleInit();
    const query = pending.find(txn);
    expect(query?.released.map(({ digest }) => digest)).toEqual(['critical']);
    query?.addAnswer({ answer, digest: 'critical', more: true });
    query?.addReceipt('critical', receipt('critical'));
    query?.addAnswer({ answer, digest: 'complete', more: false });
    query?.addReceipt('complete', receipt('complete'));
    query?.settle(() => undefined);
    expect(query?.released.map(({ digest }) => digest)).toEqual(['critical', 'complete']);
  });

  it('goes on with one whose deadline has passed, and does not call it failed: late results may come', async () => {
    const { store, pending, remembered } = setup({
      instance: 'this',
      state: 'answered',
      deadlineMs: Date.now() - 1_000,
    });
    await remembered.onModuleInit();
    await passes(1);
    const query = pending.find(txn) as PendingQuery;
    expect(query.isEnded).toBe(true);
    store.push(held('late'));
    query.addAnswer({ answer, digest: 'late', more: false });
    query.addReceipt('late', receipt('late'));
    query.settle(() => undefined);
    expect(query.released.map(({ digest }) => digest)).toEqual(['late']);
    await passes(KEPT_AFTER_DEADLINE_MS);
    expect(pending.find(txn)).toBeUndefined();
  });

  it('takes over no query of another instance by itself', async () => {
    const { pending, remembered } = setup();
    await remembered.onModuleInit();
    expect(pending.size).toBe(0);
  });

  it('keeps a query of another instance from when it is asked for: what comes of it then is released here too', async () => {
    const { store, recall, pending } = setup({ state: 'answered' });
    store.push(held('critical'));
    const query = await recall();
    const last = outcomeOf(lastStage(query));
    expect(pending.find(txn)).toBe(query);
    query.addAnswer({ answer, digest: 'complete', more: false });
    query.addReceipt('complete', receipt('complete'));
    query.settle(() => undefined);
    await passes(0);
    expect(last.outcome).toMatchObject({ digest: 'complete' });
  });

  it('finds in the store what came just before it was asked for', async () => {
    const { store, recall } = setup();
    const query = await recall();
    const first = outcomeOf(firstStage(query));
    await passes(300);
    expect(first.outcome).toBeUndefined();
    store.push(held('critical', { receipt: null }));
    await passes(300);
    expect(first.outcome).toBeUndefined();
    store.splice(0, 1, held('critical', { more: false }));
    await passes(300);
    expect(first.outcome).toMatchObject({ digest: 'critical' });
    expect(query.isEnded).toBe(true);
  });

  it('ends a repeated query at its deadline, whatever comes, and leaves its session to whoever answers it', async () => {
    const { recall, ended, pending } = setup();
    const [query, again] = await Promise.all([recall(), recall()]);
    expect(again).toBe(query);
    const waits = [outcomeOf(firstStage(query)), outcomeOf(lastStage(query))];
    await passes(4_999);
    expect(waits).toEqual([{}, {}]);
    await passes(1);
    expect(waits).toEqual([{ outcome: 'deadline-passed' }, { outcome: 'deadline-passed' }]);
    expect(ended).toEqual([]);
    await passes(KEPT_AFTER_DEADLINE_MS + 300);
    expect(pending.size).toBe(0);
    expect(import.meta.jest.getTimerCount()).toBe(0);
  });

  it('keeps nothing of a query that is over, and shows what it was answered', async () => {
    const { store, recall, pending } = setup({ state: 'answered', deadlineMs: Date.now() - 60_000 });
    store.push(held('critical'));
    const query = await recall();
    expect([pending.size, query.isEnded]).toEqual([0, true]);
    expect(query.released).toHaveLength(1);
    expect(import.meta.jest.getTimerCount()).toBe(0);
  });

  it('releases nothing of a query that has failed: its caller has acted on that', async () => {
    const { store, recall } = setup({ state: 'failed' });
    store.push(held('critical'));
    const query = await recall();
    expect(query.released).toEqual([]);
    await expect(firstStage(query)).resolves.toBe('deadline-passed');
  });

  it('shows nothing of what is not the asker’s, and knows nothing of what was never asked', async () => {
    const { remembered, pending } = setup();
    const refusing = remembered.recall(txn, () => {
      throw new RangeError('another’s');
    });
    await expect(refusing).rejects.toThrow('another’s');
    expect(pending.size).toBe(0);
    await expect(remembered.recall('0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f', () => undefined)).resolves.toBeUndefined();
  });
});
