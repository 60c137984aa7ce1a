// Sessions on a real PostgreSQL: what is kept of a query is there again for whoever ends it, in this process or in another.
import { randomUUID } from 'node:crypto';

import { type FieldCipher, type MemberKeys, databaseOptions } from '@hie/persistence';
import { type TestSchema, testSchema } from '@hie/testing-kit';
import { DataSource } from 'typeorm';

import { model } from '../persistence/model.js';
import { type SessionRow, SessionStore, insertSessions } from './session.store.js';

describe(SessionStore.name, () => {
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
  afterAll(async () => {
    await source.destroy();
    await schema.drop();
  });

  const session = (over: Partial<SessionRow> = {}): SessionRow => ({
    ...{ txn: randomUUID(), memberId: 'mercy', clientId: 'mercy-emr', purpose: 'TREAT', instance: randomUUID() },
    ...{ requestDigest: 'd', deadlineMs: Date.now() + 60_000, address: '192.0.2.7' },
    ...over,
  });
  const stored = async (...rows: readonly SessionRow[]): Promise<void> => {
    for (const { text, values } of insertSessions(rows)) await schema.pool.query(text, [...values]);
  };

  it('gives back what it was given, with and without an address and a person', async () => {
    const [here, unknown] = [session({ userId: 'dr-vale' }), session({ address: undefined })];
    await stored(here, unknown);
    const { address: _unknown, ...rest } = unknown;
    expect(await store.find(here.txn)).toEqual({ ...here, state: 'open' });
    expect(await store.find(unknown.txn)).toStrictEqual({ ...rest, state: 'open' });
  });

  it('names what an instance goes on with after a restart: what is open, and what is answered while more may come', async () => {
    const instance = randomUUID();
    const [open, overdue, answered, over, failed] = [
      session({ instance }),
      session({ instance, deadlineMs: Date.now() - 60_000 }),
      session({ instance, deadlineMs: Date.now() - 10_000 }),
      session({ instance, deadlineMs: Date.now() - 20_000 }),
      session({ instance }),
    ];
    await stored(open, overdue, answered, over, failed, session());
    const end = (state: string, ...rows: readonly SessionRow[]) =>
      schema.pool.query('update query_session set state = $1 where txn = any($2)', [state, rows.map(({ txn }) => txn)]);
    await end('answered', answered, over);
    await end('failed', failed);
    const found = await store.unfinishedOf(instance, 15_000);
    expect(new Map(found.map(({ txn, state }) => [txn, state]))).toEqual(
      new Map([
        [open.txn, 'open'],
        [overdue.txn, 'open'],
        [answered.txn, 'answered'],
      ]),
    );
  });
});
