// ATTACKS.md F8: the log's folder, or rows of the database, put back to an older state of the same service. It must not go on from there: it
// would sign a second history, and drop the rows of the new entries for those that stand in their places.
import { randomBytes, randomUUID } from 'node:crypto';
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';
import { directoryReader } from '@hie/tile-storage';
import { openCheckpoint, parseVerifierKey, verifyLog } from '@hie/transparency-log';

import { createTables } from '../read-entries/sealed-projection.fixture.js';
import { type ServiceLog, serviceLog } from './service-log.fixture.js';

let schema: TestSchema;
let service: ServiceLog;
beforeEach(async () => {
  schema = await testSchema();
  await applyIn(schema, createTables);
  service = await serviceLog(schema.pool);
  await told(3);
  await vouched();
  await keep('older');
  await told(4);
  await vouched();
});
afterEach(async () => {
  await service.close();
  await schema.drop();
});

const backup = (name: string): string => join(service.root, '..', name);
/** The whole folder, as a backup of its files has it. */
const keep = (name: string) =>
  cp(service.root, backup(name), { recursive: true, filter: (path) => !path.includes('.writer') });
const putBack = async (name: string): Promise<void> => {
  await rm(service.root, { recursive: true });
  await cp(backup(name), service.root, { recursive: true });
};
const told = async (count: number) => {
  const receipts = [];
  for (let at = 0; at < count; at += 1) receipts.push((await service.tell({ receiptWanted: true }))!);
  return receipts;
};
const vouched = async (): Promise<void> => {
  for (let left = 400; service.log.published.size !== service.log.head.size; left -= 1) {
    if (left === 0) throw new RangeError('Nobody has vouched.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};
const restarted = (between: () => Promise<void>): Promise<unknown> =>
  service.reopen(between).then(
    () => 'started',
    ({ code, place, index }: { code: string; place?: object; index?: number }) => ({
      code,
      ...place,
      ...(index === undefined ? {} : { index }),
    }),
  );
const asOwner = async (text: string, values: unknown[] = []): Promise<void> => {
  for (const table of ['entry', 'checkpoint']) await schema.pool.query(`alter table ${table} disable trigger all`);
  await schema.pool.query(text, values);
};

it('is not written on, and goes on from the newest folder as if nothing had been', async () => {
  const before = service.keys;
  const refused = await restarted(async () => {
    await keep('newest');
    await putBack('older');
  });
  expect(refused).toEqual({ code: 'log-rolled-back', size: 7 });
  expect(service.logged.at(-1)).toEqual([
    expect.objectContaining({ size: 7 }),
    expect.stringMatching(/^log put back: /),
  ]);
  const [shard = ''] = await readdir(backup('older'));
  const head = await directoryReader(join(service.root, shard)).read('head');
  expect(head).toEqual(await directoryReader(join(backup('older'), shard)).read('head'));

  expect(await restarted(() => putBack('newest'))).toBe('started');
  const [receipt] = await told(1);
  expect(receipt!.index).toBe(7);
  const key = parseVerifierKey(before.log);
  const trust = { origin: key.name, logKeys: [key] };
  const older = [openCheckpoint(receipt!.checkpoint, trust)];
  await vouched();
  expect((await verifyLog(directoryReader(service.folder), trust, { older })).kind).toBe('verified');
});

it('is found out by the rows of the table where the kept checkpoints were taken away too', async () => {
  const refused = await restarted(async () => {
    await asOwner('delete from checkpoint where size > 3');
    await putBack('older');
  });
  expect(refused).toEqual({ code: 'log-rolled-back', index: 3, size: 3 });
});

it('is found out where the folder is empty, or another disk', async () => {
  expect(await restarted(() => rm(service.root, { recursive: true }))).toEqual({ code: 'log-rolled-back', size: 7 });
});

it('is told apart from a row that somebody else has written behind the end', async () => {
  const refused = await restarted(() => forge(20, randomUUID()));
  expect(refused).toEqual({ code: 'ledger-row-changed', index: 20 });
});

it('is the other way round a table that is completed: rows that were put back come again', async () => {
  expect(await restarted(() => asOwner('delete from entry where index >= 3'))).toBe('started');
  const { rows } = await schema.pool.query('select index from entry');
  expect(rows).toHaveLength(7);
});

/** A row as whoever may write anything into the table, and has not the ledger's key, can make it. */
const forge = (index: number, eventId: string): Promise<void> =>
  asOwner(
    `insert into entry (index, leaf_hash, at, head, details, mac)
     select $1, leaf_hash, at, jsonb_set(head, '{eventId}', to_jsonb($2::text)), details, $3 from entry where index = 0`,
    [index, eventId, randomBytes(32)],
  );

it('is not what an event is kept from the log by: a forged row with its id is not believed', async () => {
  const eventId = randomUUID();
  await forge(90, eventId);
  const at = new Date(Date.now() - 600_000).toISOString();
  const receipt = await service.tell({ eventId, at, receiptWanted: true });
  expect(receipt!.index).toBe(7);
  const entry = await service.log.proofs.entry(7, service.log.head);
  expect(JSON.parse(Buffer.from(entry).toString())).toMatchObject({ eventId });
  expect(service.logged).toEqual([[{ code: 'ledger-row-changed', index: 90 }, 'row of an event not believed']]);
});

it('is not what an event is kept from the log by: nor a genuine row whose entry the log does not have there', async () => {
  // Written by the same ledger under the same key, in another history: what a log that was put back has left behind.
  const elsewhere = await testSchema();
  await applyIn(elsewhere, createTables);
  const other = await serviceLog(elsewhere.pool);
  const eventId = randomUUID();
  const at = new Date(Date.now() - 600_000).toISOString();
  for (const event of [{}, {}, { eventId, at }]) await other.tell({ ...event, receiptWanted: true });
  await asOwner('delete from entry where index = 2');
  const columns = 'index, leaf_hash, at, head, details, mac';
  await asOwner(`insert into entry (${columns}) select ${columns} from ${elsewhere.name}.entry where index = 2`);
  await other.close();
  await elsewhere.drop();

  expect((await service.tell({ eventId, at, receiptWanted: true }))!.index).toBe(7);
  expect(service.logged).toEqual([[{ code: 'ledger-row-changed', index: 2 }, 'row of an event not believed']]);
});
