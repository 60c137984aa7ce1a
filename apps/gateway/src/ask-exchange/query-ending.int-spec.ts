// How queries without an answer end, on a real PostgreSQL: the session and the ledger's entry of it are one commit.
import { randomUUID } from 'node:crypto';

import type { AuditWriter } from '@hie/messaging';
import { type FieldCipher, type MemberKeys, UnitOfWork, databaseOptions } from '@hie/persistence';
import { type TestSchema, testSchema } from '@hie/testing-kit';
import { DataSource } from 'typeorm';

import { model } from '../persistence/model.js';
import { PendingQuery } from './pending-query.js';
import { QueryEnding } from './query-ending.js';
import { type SessionRow, SessionStore, insertSessions } from './session.store.js';

describe(QueryEnding.name, () => {
  let schema: TestSchema;
  let source: DataSource;
  let store: SessionStore;

  beforeAll(async () => {
    schema = await testSchema();
    const settings = { url: schema.url, caPath: schema.caPath, schema: schema.name, poolSize: 2 };
    source = await new DataSource(databaseOptions(settings, model)).initialize();
    await source.runMigrations();
    store = new SessionStore(schema.pool, {} as FieldCipher, {} as MemberKeys);
  });
  afterEach(() => schema.pool.query('delete from query_session'));
  afterAll(async () => {
    await source.destroy();
    await schema.drop();
  });

  async function overdue(over: Partial<SessionRow> = {}): Promise<SessionRow> {
    const session: SessionRow = {
      ...{ txn: randomUUID(), memberId: 'mercy', clientId: 'mercy-emr', purpose: 'TREAT', instance: randomUUID() },
      ...{ requestDigest: 'd', deadlineMs: Date.now() - 5_000, address: '192.0.2.7' },
      ...over,
    };
    for (const { text, values } of insertSessions([session])) await schema.pool.query(text, [...values]);
    return session;
  }

  /** @param recordId of the entries it writes; one that is no UUID can not be stored. */
  function setup(recordId: () => string = randomUUID) {
    const told: unknown[][] = [];
    const write = (...entry: unknown[]) => {
      told.push(entry);
      return Promise.resolve({ record: { id: recordId(), topic: 't', key: 'k', record: Buffer.from('entry') } });
    };
    const unitOfWork = new UnitOfWork(source, () => Promise.resolve(true));
    return { ending: new QueryEnding(unitOfWork, { write } as unknown as AuditWriter), told };
  }
  const entriesStored = async (): Promise<number> => {
    const { rows } = await schema.pool.query<{ count: string }>('select count(*) from outbox');
    return Number(rows[0]?.count);
  };
  const facts = { action: 'query.failed', outcome: 'failed', reason: 'deadline-passed' };

  it('tells the ledger of a query that failed, by whom it was asked and from where', async () => {
    const { ending, told } = setup();
    const session = await overdue();
    const before = await entriesStored();
    await ending.expire(new PendingQuery(session));
    expect(told).toEqual([[facts, { txn: session.txn, requester: { memberId: 'mercy', address: '192.0.2.7' } }]]);
    expect(await store.find(session.txn)).toMatchObject({ state: 'failed' });
    expect(await entriesStored()).toBe(before + 1);
  });

  it('says nothing of where from when whoever asked had hung up', async () => {
    const { ending, told } = setup();
    const session = await overdue({ address: undefined });
    await ending.expire(new PendingQuery(session));
    expect(told).toEqual([[facts, { txn: session.txn, requester: { memberId: 'mercy' } }]]);
  });

  it('tells it once: what another has ended, it does not end again', async () => {
    const { ending, told } = setup();
    const session = await overdue();
    await ending.expire(new PendingQuery(session));
    await ending.expire(new PendingQuery(session));
    expect(await ending.closeOverdue(0, 10)).toEqual([]);
    expect(told).toHaveLength(1);
  });

  it('ends those that nobody else has ended, each once, and no more at once than it is told', async () => {
    const { ending, told } = setup();
    const txns = [await overdue(), await overdue(), await overdue()].map(({ txn }) => txn);
    await overdue({ deadlineMs: Date.now() + 60_000 });
    const [first, second] = [await ending.closeOverdue(500, 2), await ending.closeOverdue(500, 2)];
    expect([first.length, second.length]).toEqual([2, 1]);
    expect([...first, ...second].map(({ txn }) => txn).sort()).toEqual(txns.toSorted());
    expect(told).toHaveLength(3);
  });

  it('leaves a query open whose entry could not be stored, so that it is ended and told later', async () => {
    const { ending } = setup(() => 'no id');
    const session = await overdue();
    const before = await entriesStored();
    await expect(ending.expire(new PendingQuery(session))).rejects.toThrow();
    await expect(ending.closeOverdue(0, 10)).rejects.toThrow();
    expect(await store.find(session.txn)).toMatchObject({ state: 'open' });
    expect(await entriesStored()).toBe(before);
    expect(await setup().ending.closeOverdue(0, 10)).toMatchObject([{ txn: session.txn }]);
  });
});
