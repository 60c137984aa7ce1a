// Events are counted in the commit that stores them, whatever becomes of their outbox rows, and accounted for once.
import { randomUUID } from 'node:crypto';

import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';

import { type OutboxRecord, type Unit, commitBatch, outboxInsert } from './commit-batch.js';
import { GroupCommitter } from './group-committer.js';
import { createInboxAndOutbox } from './inbox-outbox.js';
import { type Tally, ToldEvents, createToldEvents, dropToldEvents } from './told-events.js';

const record = (tells?: string): OutboxRecord => ({
  ...{ id: randomUUID(), topic: 't', key: 'k', record: Buffer.from('x') },
  ...(tells === undefined ? {} : { tells }),
});
const unit = (outputs: readonly OutboxRecord[]): Unit => ({
  ...{ msgId: randomUUID(), part: 'main', topic: 'asked', partition: 0, offset: '0' },
  outputs,
});

describe('events that a service has told', () => {
  let schema: TestSchema;
  let told: ToldEvents;
  beforeEach(async () => {
    schema = await testSchema();
    await applyIn(schema, createInboxAndOutbox);
    await applyIn(schema, createToldEvents);
    told = new ToldEvents(schema.pool);
  });
  afterEach(() => schema.drop());

  const tally = (most = 100): Promise<Tally> => told.tally(most, () => Promise.resolve(record()));
  const stored = async (): Promise<number> => (await schema.pool.query('select 1 from outbox')).rowCount ?? 0;

  it('are accounted for although their outbox row is gone, and other messages are not', async () => {
    const event = randomUUID();
    await commitBatch(schema.pool, [unit([record(event), record()])]);
    await schema.pool.query('delete from outbox');
    expect(await tally()).toMatchObject({ number: 1, eventIds: [event] });
    expect(await tally()).toMatchObject({ number: 2, eventIds: [] });
    expect(await stored()).toBe(2);
  });

  it('are counted in every way to the outbox, once', async () => {
    const [grouped, own] = [randomUUID(), randomUUID()];
    const again = unit([record(grouped)]);
    const committer = new GroupCommitter(schema.pool);
    await committer.commit(again);
    expect(await committer.commit({ ...again, outputs: [record(randomUUID())] })).toBe('redelivered');
    await schema.pool.query(outboxInsert([record(), record(own)]));
    expect([...(await tally()).eventIds].sort()).toEqual([grouped, own].sort());
  });

  it('stay to be accounted for when the account is not committed', async () => {
    const event = randomUUID();
    await commitBatch(schema.pool, [unit([record(event)])]);
    await expect(told.tally(100, () => Promise.reject(new Error('no key')))).rejects.toThrow('no key');
    expect(await tally()).toMatchObject({ number: 1, eventIds: [event] });
  });

  it('are named in as many tallies as it takes, numbered without a gap by all instances together', async () => {
    const events = Array.from({ length: 25 }, () => randomUUID());
    await commitBatch(schema.pool, [unit(events.map((event) => record(event)))]);
    const tallies = await Promise.all([tally(10), tally(10), tally(10)]);
    expect(tallies.map(({ number }) => number).sort()).toEqual([1, 2, 3]);
    expect(tallies.flatMap(({ eventIds }) => eventIds).sort()).toEqual([...events].sort());
  });

  it('has tables that are made, taken away and made again', async () => {
    await applyIn(schema, dropToldEvents);
    await applyIn(schema, createToldEvents);
    expect(await tally()).toMatchObject({ number: 1 });
  });
});
