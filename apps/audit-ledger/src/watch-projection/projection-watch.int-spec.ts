// ATTACKS.md F1, F2, F4, F7 on the table that is searched: a superuser who drops the triggers, and then does as they please.
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';

import type { AuditEvent, ServiceName } from '@hie/contracts';
import { formatLeaf, sealEntry } from '@hie/ledger-entry';
import { type AuditFacts, vouchedEvent } from '@hie/messaging';
import { type TestSchema, applyIn, testExchangeKeys, testSchema } from '@hie/testing-kit';
import { type TransparencyLog, memoryStorage, noteSigner, openLog } from '@hie/transparency-log';

import { entryOfEvent } from '../append-event/entry-of-event.js';
import { EntryStore } from '../append-event/entry.store.js';
import { StandingEntries } from '../append-event/standing-entries.js';
import { CheckpointStore } from '../ask-witnesses/checkpoint.store.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { model } from '../persistence/model.js';
import { type SealedRow, SealedEntries } from '../read-entries/sealed-entries.js';
import { ProjectionWatch } from './projection-watch.js';
import { TamperAlarm } from './tamper-alarm.js';

const SIZE = 40;
const master = Buffer.alloc(32, 5);
const services = testExchangeKeys();
const keys = new LedgerKeys({ masterKey: () => master, wrappingKeys: () => [master] } as never);

let schema: TestSchema;
let log: TransparencyLog;
let store: EntryStore;
let standing: StandingEntries;
let watch: ProjectionWatch;
let told: AuditFacts[];
let logged: object[];
beforeEach(async () => {
  schema = await testSchema();
  await applyIn(schema, async (runner) => {
    for (const Migration of model.migrations) await new Migration().up(runner);
  });
  const signer = noteSigner('ledger.hie.example', 'ed25519', generateKeyPairSync('ed25519').privateKey);
  log = await openLog(memoryStorage(), { origin: 'ledger.hie.example', signer });
  await log.append(Array.from({ length: SIZE }, (_, at) => leaf(at)));
  store = new EntryStore(schema.pool);
  const checkpoints = new CheckpointStore(schema.pool);
  const destruction = { eraseAgain: () => Promise.resolve() } as never;
  standing = new StandingEntries(store, keys, destruction, checkpoints, services.keyringOf('audit-ledger') as never);
  const shards = [{ begin: 0, head: log.head, proofs: log.proofs }];
  await standing.complete(shards);
  // What a superuser does first.
  await schema.pool.query('alter table entry disable trigger all');
  [told, logged] = [[], []];
  const trail = { record: (facts: AuditFacts) => Promise.resolve(void told.push(facts)) };
  const logger = { error: (fields: object) => void logged.push(fields) };
  const orders = { look: () => Promise.resolve() } as never;
  const alarm = new TamperAlarm(trail as never, logger as never);
  watch = new ProjectionWatch({ all: shards } as never, standing, orders, alarm, {} as never);
});
afterEach(() => schema.drop());

/** An entry that consent has told of; or somebody in its name, with another service's key or none. */
const leaf = (at: number, by: ServiceName | 'nobody' = 'consent'): Uint8Array => {
  const event: AuditEvent = {
    ...{ eventId: randomUUID(), service: 'consent', action: 'disclosure.decided', outcome: 'denied', reason: `r${at}` },
    ...{ details: {}, seals: [], at: '2026-01-01T00:00:00.000Z', receiptWanted: false },
  };
  const told = by === 'nobody' ? event : vouchedEvent(event, services.keyringOf(by).sealingKey());
  return formatLeaf(sealEntry(entryOfEvent(told, 'consent', undefined), { ledger: keys.entries }, randomBytes));
};
const search = async (): Promise<number | string> => {
  const { rows } = await schema.pool.query<SealedRow>(
    'select index, leaf_hash as "leafHash", mac, head, details from entry order by index',
  );
  const opened = new SealedEntries(keys, { open: () => Promise.resolve(new Map()) } as never).open(rows);
  return opened.then(
    (entries) => entries.length,
    (error: Error) => error.message,
  );
};

it('is read as long as nobody touches it', async () => {
  expect(await search()).toBe(SIZE);
  await watch.look(SIZE);
  expect([told, logged]).toEqual([[], []]);
});

it.each([
  [
    'F1: an entry that was changed',
    `update entry set head = jsonb_set(head, '{outcome}', '"success"') where index = 17`,
    17,
  ],
  ['F1: an entry whose hash was changed', `update entry set leaf_hash = sha256('x') where index = 21`, 21],
  [
    'F3: two that changed places',
    `update entry a set head = b.head, leaf_hash = b.leaf_hash, mac = b.mac from entry b where (a.index, b.index) in ((3, 900), (5, 3))`,
    5,
  ],
])('refuses to read %s, finds it before anybody does, and names it', async (_what, tampering, index) => {
  const { rowCount } = await schema.pool
    .query('alter table entry drop constraint entry_event_id_key')
    .then(() => schema.pool.query(tampering));
  expect(rowCount).toBe(1);
  expect(await search()).toBe(`ledger-row-changed: ${index}`);
  await watch.look(0);
  await watch.look(0);
  expect(told).toEqual([
    { action: 'ledger.rows-changed', outcome: 'failed', reason: 'row-changed', details: { index } },
  ]);
  expect(logged).toEqual([{ code: 'row-changed', index }]);
});

it('tells again of a row that was put right and changed once more', async () => {
  const change = `update entry set head = jsonb_set(head, '{reason}', '"other"') where index = 9`;
  const { rows } = await schema.pool.query<{ head: object }>('select head from entry where index = 9');
  const putRight = () => schema.pool.query('update entry set head = $1 where index = 9', [rows[0]?.head]);
  for (const work of [() => schema.pool.query(change), putRight, () => schema.pool.query(change)]) {
    await work();
    await watch.look(SIZE);
  }
  expect(logged).toEqual([1, 2].map(() => ({ code: 'row-changed', index: 9 })));
});

it('refuses the database a row found by what its head does not say', async () => {
  await expect(schema.pool.query(`update entry set action = 'nothing' where index = 17`)).rejects.toThrow(
    /can only be updated to DEFAULT/,
  );
});

it.each([
  ['F2: one row', 'delete from entry where index = 17', 1, 17],
  ['F4: the newest rows', 'delete from entry where index >= 30', 10, 30],
  ['F5: all of them', 'truncate entry', SIZE, 0],
])(
  'finds %s taken out, tells the ledger, and puts them back from the log',
  async (_what, tampering, missing, first) => {
    await schema.pool.query(tampering);
    await watch.look(SIZE);
    expect(told).toEqual([
      {
        action: 'ledger.rows-missing',
        outcome: 'failed',
        reason: 'rows-missing',
        details: { missing, below: SIZE, first },
      },
    ]);
    expect(logged).toEqual([{ code: 'rows-missing', missing, below: SIZE, first }]);
    expect(await search()).toBe(SIZE);
    await watch.look(SIZE);
    expect(told).toHaveLength(1);
  },
);

// Whoever has the ledger's master key and the log's writes leaf and row as the ledger would; the service's key they have not.
it.each<[string, (at: number) => Uint8Array]>([
  ['under no signature', (at) => leaf(at, 'nobody')],
  ['under the key of another service', (at) => leaf(at, 'gateway')],
  ['under the ledger’s own key', (at) => leaf(at, 'audit-ledger')],
])('F14: names an entry that no service told, %s, once', async (_what, forge) => {
  await log.append([leaf(SIZE), forge(SIZE + 1), leaf(SIZE + 2)]);
  await standing.complete([{ begin: 0, head: log.head, proofs: log.proofs }]);
  expect(await search()).toBe(SIZE + 3);
  await watch.look(0);
  await watch.look(0);
  expect(told).toEqual([
    { action: 'ledger.entry-forged', outcome: 'failed', reason: 'entry-forged', details: { index: SIZE + 1 } },
  ]);
  expect(logged).toEqual([{ code: 'entry-forged', index: SIZE + 1 }]);
});
