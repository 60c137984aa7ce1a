import { randomUUID } from 'node:crypto';

import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';

import { type Unit, commitBatch, outboxInsert } from './commit-batch.js';
import { GroupCommitter } from './group-committer.js';
import { createInboxAndOutbox, dropInboxAndOutbox } from './inbox-outbox.js';
import { createToldEvents } from './told-events.js';
import { OutboxStore } from './outbox-store.js';

const record = (text: string) => ({ id: randomUUID(), topic: 'out', key: 'k', record: Buffer.from(text) });
const unit = (over: Partial<Unit> = {}): Unit => ({
  msgId: randomUUID(),
  part: 'main',
  topic: 'in',
  partition: 0,
  offset: '7',
  outputs: [],
  ...over,
});

describe('inbox and outbox', () => {
  let schema: TestSchema;
  beforeAll(async () => {
    schema = await testSchema();
    await applyIn(schema, createInboxAndOutbox);
    await applyIn(schema, createToldEvents);
  });
  afterAll(() => schema.drop());

  const outbox = async (): Promise<string[]> => {
    const { rows } = await schema.pool.query<{ record: Buffer }>('select record from outbox order by created_at');
    return rows.map((row) => row.record.toString());
  };

  beforeEach(() => schema.pool.query('truncate inbox, outbox'));

  it('stores many messages’ outputs in one statement, each cut out of the whole byte for byte', async () => {
    const units = ['a', 'bb', '', 'ünï'].map((text) => unit({ outputs: [record(text), record(`${text}!`)] }));
    await expect(commitBatch(schema.pool, units)).resolves.toEqual(units.map(() => 'fresh'));
    expect((await outbox()).sort()).toEqual(['', '!', 'a', 'a!', 'bb', 'bb!', 'ünï', 'ünï!'].sort());
  });

  it('takes a redelivery for one, and sends nothing again', async () => {
    const first = unit({ outputs: [record('once')] });
    await commitBatch(schema.pool, [first]);
    const again = { ...first, outputs: [record('twice')] };
    await expect(commitBatch(schema.pool, [again, unit()])).resolves.toEqual(['redelivered', 'fresh']);
    expect(await outbox()).toEqual(['once']);
  });

  it('takes the same message from another place for a replay', async () => {
    const first = unit();
    await commitBatch(schema.pool, [first]);
    await expect(commitBatch(schema.pool, [{ ...first, offset: '8' }])).resolves.toEqual(['replayed']);
    await expect(commitBatch(schema.pool, [{ ...first, topic: 'other' }])).resolves.toEqual(['replayed']);
  });

  it('stores the parts of one message each once', async () => {
    const first = unit({ part: 'critical' });
    const both = [first, { ...first, part: 'complete' }];
    await expect(commitBatch(schema.pool, both)).resolves.toEqual(['fresh', 'fresh']);
  });

  it('knows whether this very delivery was handled', async () => {
    const { msgId, topic, partition, offset } = unit();
    const store = new OutboxStore(schema.pool);
    await expect(store.wasHandled(msgId, topic, partition, offset)).resolves.toBe(false);
    await commitBatch(schema.pool, [unit({ msgId })]);
    await expect(store.wasHandled(msgId, topic, partition, offset)).resolves.toBe(true);
    await expect(store.wasHandled(msgId, topic, partition, '8')).resolves.toBe(false);
  });

  it('finds what a crash left behind, oldest first, and removes what was sent', async () => {
    const { text, values } = outboxInsert([record('left')]);
    await schema.pool.query(text, values);
    const store = new OutboxStore(schema.pool);
    const [left] = await store.stale(0, 10);
    expect(left?.record.toString()).toBe('left');
    await expect(store.stale(60_000, 10)).resolves.toEqual([]);
    await store.remove([left?.id ?? '']);
    await expect(store.stale(0, 10)).resolves.toEqual([]);
  });

  describe(GroupCommitter.name, () => {
    it('commits one message, however often it is committed at once, exactly once', async () => {
      const committer = new GroupCommitter(schema.pool);
      const same = unit({ outputs: [record('x')] });
      const outcomes = await Promise.all(
        Array.from({ length: 100 }, () => committer.commit({ ...same, outputs: [record('x')] })),
      );
      expect(outcomes.filter((outcome) => outcome === 'fresh')).toHaveLength(1);
      expect(await outbox()).toHaveLength(1);
    });

    describe('with effects', () => {
      beforeAll(() => schema.pool.query('create table effect (value integer not null)'));
      beforeEach(() => schema.pool.query('truncate effect'));
      const write = (values: readonly number[]) => [
        { name: 'effect', text: 'insert into effect select unnest($1::int[])', values: [values] },
      ];
      const refused = () => [{ name: 'refused', text: 'insert into effect values (null)', values: [] }];
      const effects = async (): Promise<readonly number[]> =>
        (await schema.pool.query<{ value: number }>('select value from effect order by value')).rows.map(
          ({ value }) => value,
        );

      it('writes those of a group together', async () => {
        const committer = new GroupCommitter(schema.pool);
        const units = [1, 2, 3].map((value) => committer.commit(unit(), { write, value }));
        await expect(Promise.all(units)).resolves.toEqual(['fresh', 'fresh', 'fresh']);
        expect(await effects()).toEqual([1, 2, 3]);
      });

      it('writes those of fresh messages only', async () => {
        const committer = new GroupCommitter(schema.pool);
        const known = unit();
        await committer.commit(known);
        const outcomes = await Promise.all([
          committer.commit(unit(), { write, value: 1 }),
          committer.commit(known, { write, value: 2 }),
          committer.commit(unit(), { write, value: 3 }),
        ]);
        expect(outcomes).toEqual(['fresh', 'redelivered', 'fresh']);
        expect(await effects()).toEqual([1, 3]);
      });

      it('stores nothing of a group of which one fails, and tells everybody in it', async () => {
        const committer = new GroupCommitter(schema.pool);
        const failing = unit({ outputs: [record('never')] });
        const outcomes = await Promise.allSettled([
          committer.commit(failing, { write: refused, value: 1 }),
          committer.commit(unit(), { write, value: 2 }),
        ]);
        expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
        expect([await outbox(), await effects()]).toEqual([[], []]);
        await expect(committer.commit(failing)).resolves.toBe('fresh');
      });
    });

    it('goes on after PostgreSQL ended its connections', async () => {
      const committer = new GroupCommitter(schema.pool);
      await committer.commit(unit());
      schema.pool.on('error', () => undefined);
      await schema.pool
        .query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [schema.name])
        .catch(() => undefined);
      const outcomes = [];
      for (let attempt = 0; attempt < 5; attempt += 1)
        outcomes.push(await committer.commit(unit()).catch(() => 'failed'));
      expect(outcomes.at(-1)).toBe('fresh');
    });
  });

  it('is made, taken away and made again', async () => {
    await applyIn(schema, dropInboxAndOutbox);
    await expect(schema.pool.query('select 1 from inbox')).rejects.toThrow();
    await applyIn(schema, createInboxAndOutbox);
    await expect(commitBatch(schema.pool, [unit()])).resolves.toEqual(['fresh']);
  });
});
