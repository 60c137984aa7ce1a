import { randomUUID } from 'node:crypto';

import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';
import { DataSource } from 'typeorm';

import type { OutboxRecord } from './commit-batch.js';
import { databaseOptions } from './database.js';
import { createInboxAndOutbox } from './inbox-outbox.js';
import { createToldEvents } from './told-events.js';
import { UnitOfWork } from './unit-of-work.js';

describe(UnitOfWork.name, () => {
  let schema: TestSchema;
  let source: DataSource;
  const handedOff: OutboxRecord[] = [];
  const record = (): OutboxRecord => ({ id: randomUUID(), topic: 't', key: 'k', record: Buffer.from('x') });
  const delivery = { msgId: randomUUID(), topic: 'in', partition: 0, offset: '1' };

  beforeAll(async () => {
    schema = await testSchema();
    await applyIn(schema, createInboxAndOutbox);
    await applyIn(schema, createToldEvents);
    const settings = { url: schema.url, caPath: schema.caPath, schema: schema.name };
    source = await new DataSource(databaseOptions(settings, { entities: [], migrations: [] })).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await schema.drop();
  });

  it('hands a message off only once it is stored', async () => {
    const announced = record();
    await new UnitOfWork(source, (records) => (handedOff.push(...records), Promise.resolve(true))).run(({ announce }) =>
      announce([announced]),
    );
    expect(handedOff).toEqual([announced]);
    const { rowCount } = await schema.pool.query('select 1 from outbox where id = $1', [announced.id]);
    expect(rowCount).toBe(1);
  });

  it('announces nothing when the work fails', async () => {
    const announced = record();
    const unitOfWork = new UnitOfWork(source, (records) => (handedOff.push(...records), Promise.resolve(true)));
    const failing = unitOfWork.run(async ({ announce }) => {
      await announce([announced]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(handedOff).not.toContain(announced);
    const { rowCount } = await schema.pool.query('select 1 from outbox where id = $1', [announced.id]);
    expect(rowCount).toBe(0);
  });

  it('handles a message once, and a redelivery as a no-op', async () => {
    const unitOfWork = new UnitOfWork(source, () => Promise.resolve(true));
    let runs = 0;
    const work = () => Promise.resolve((runs += 1));
    await expect(unitOfWork.once(delivery, work)).resolves.toBe(1);
    await expect(unitOfWork.once(delivery, work)).resolves.toBeUndefined();
    expect(runs).toBe(1);
  });
});
