import type { Query } from '@hie/contracts';
import type { PinoLogger } from '@hie/service-kit';

import type { Caller } from '../edge/caller.js';
import { Admission } from './admission.js';
import { AskExchange } from './ask-exchange.js';
import type { OutgoingQuestions, Question } from './outgoing-questions.js';
import { PendingQueries } from './pending-queries.js';
import { PendingQuery, firstStage } from './pending-query.js';
import type { QueryEnding } from './query-ending.js';
import type { RememberedQueries } from './remembered-queries.js';
import { type TransactionTokens, requestDigestOf, transactionId } from './transaction.js';

const caller: Caller = {
  ...{ clientId: 'mercy-emr', memberId: 'mercy', purpose: 'ETREAT', scopes: [], requestId: 'r', address: '192.0.2.7' },
};
const query: Query = {
  ...{ operation: 'arrival', kinds: ['Condition'], stages: ['critical'], patient: {} },
  requester: { memberId: 'mercy', clientId: 'mercy-emr' },
};
const asking = { caller, deadlineMs: 5_000, idempotencyKey: 'key' };
const txn = transactionId(caller, 'key');

describe(AskExchange.name, () => {
  beforeEach(() => import.meta.jest.useFakeTimers());
  afterEach(() => import.meta.jest.useRealTimers());

  /** @param send what becomes of a question that is to be stored. */
  function setup(send: (question: Question) => Promise<boolean> = () => Promise.resolve(true)) {
    const sent: Question[] = [];
    const tokens = {
      mint: (_caller: Caller, terms: { readonly txn: string }) =>
        Promise.resolve({ token: 'token', claims: { txn: terms.txn } }),
    } as unknown as TransactionTokens;
    const outgoing = {
      send: (question: Question) => (sent.push(question), send(question)),
    } as unknown as OutgoingQuestions;
    const ending = { expire: (each: PendingQuery) => Promise.resolve(each.expire()) } as unknown as QueryEnding;
    const pending = new PendingQueries(ending, { warn: () => undefined } as unknown as PinoLogger);
    /** What another instance, or a life before, has asked; by its request. */
    const before: { requestDigest?: string } = {};
    const remembered = {
      recall: (id: string, check: (session: object) => void) => {
        if (before.requestDigest === undefined) return Promise.resolve(undefined);
        check({ requestDigest: before.requestDigest });
        const terms = { memberId: 'mercy', requestDigest: before.requestDigest, deadlineMs: 0 };
        return Promise.resolve(new PendingQuery({ txn: id, ...terms }));
      },
    } as unknown as RememberedQueries;
    const admission = new Admission({ MEMBER_SHARE: 1 });
    return {
      exchange: new AskExchange(admission, tokens, outgoing, pending, remembered),
      sent,
      pending,
      before,
      admission,
    };
  }
  /** As many as there are places. */
  async function placesLeft(admission: Admission): Promise<number> {
    let left = 0;
    for (let each = 0; each < 64; each += 1) {
      admission.enter({ memberId: 'mercy', purpose: 'ETREAT', deadlineMs: Date.now() + 1_000 }).then(
        () => (left += 1),
        () => undefined,
      );
    }
    await import.meta.jest.advanceTimersByTimeAsync(600);
    return left;
  }

  it('knows a query before it leaves, by its terms, and keeps it until its deadline', async () => {
    const { exchange, sent, pending } = setup(({ claims }) => {
      expect(pending.find(claims.txn)).toBeDefined();
      return Promise.resolve(true);
    });
    const { query: asked, isRepeat } = await exchange.ask(query, asking);
    expect(isRepeat).toBe(false);
    expect(asked).toMatchObject({ txn, memberId: 'mercy', address: '192.0.2.7', deadlineMs: Date.now() + 5_000 });
    expect(sent).toMatchObject([{ token: 'token', query: JSON.stringify(query), requestDigest: asked.requestDigest }]);
    const first = firstStage(asked);
    await import.meta.jest.advanceTimersByTimeAsync(5_000);
    await expect(first).resolves.toBe('deadline-passed');
  });

  it('asks once what is asked twice under one key, one after the other or at once', async () => {
    const { exchange, sent } = setup();
    const [one, twin] = await Promise.all([exchange.ask(query, asking), exchange.ask(query, asking)]);
    const again = await exchange.ask(query, asking);
    expect([one.isRepeat, twin.isRepeat, again.isRepeat]).toEqual([false, true, true]);
    expect([twin.query, again.query]).toEqual([one.query, one.query]);
    expect(sent).toHaveLength(1);
    expect((await exchange.ask(query, { caller, deadlineMs: 5_000 })).query).not.toBe(one.query);
    expect(sent).toHaveLength(2);
  });

  it('answers nothing to another question under the same key, here or where it was asked before', async () => {
    const { exchange, pending } = setup();
    await exchange.ask(query, asking);
    const other = exchange.ask({ ...query, kinds: [] }, asking);
    await expect(other).rejects.toMatchObject({ code: 'idempotency-conflict' });
    pending.remove(txn);
    const elsewhere = setup(() => Promise.resolve(false));
    elsewhere.before.requestDigest = 'another';
    await expect(elsewhere.exchange.ask(query, asking)).rejects.toMatchObject({ code: 'idempotency-conflict' });
    expect(elsewhere.pending.size).toBe(0);
  });

  it('gives a query back that was asked where this process does not remember, and keeps no place for it', async () => {
    const { exchange, before, pending, admission } = setup(() => Promise.resolve(false));
    const places = await placesLeft(setup().admission);
    before.requestDigest = requestDigestOf(caller, query);
    const { query: asked, isRepeat } = await exchange.ask(query, asking);
    expect([asked.txn, isRepeat]).toEqual([txn, true]);
    expect(pending.size).toBe(0);
    expect(await placesLeft(admission)).toBe(places);
  });

  it('keeps nothing of a question that could not be stored: whoever repeats it asks anew', async () => {
    const { exchange, pending, admission, sent } = setup(() => Promise.reject(new Error('Connection terminated')));
    const places = await placesLeft(setup().admission);
    await expect(exchange.ask(query, asking)).rejects.toThrow('Connection terminated');
    expect(pending.size).toBe(0);
    await expect(exchange.ask(query, asking)).rejects.toThrow('Connection terminated');
    expect(sent).toHaveLength(2);
    expect(await placesLeft(admission)).toBe(places);
  });
});
