// Erasure on a real database: what can still be read, what stands against it, and what a restored backup brings back.
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { AuditEvent } from '@hie/contracts';
import { type LedgerEntry, formatLeaf, openAsPatient, openHead, parseLeaf, sealEntry } from '@hie/ledger-entry';
import type { AuditFacts, AuditWriter } from '@hie/messaging';
import { UnitOfWork, databaseOptions } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { applyIn, testExchangeKeys, testSchema, type TestSchema } from '@hie/testing-kit';
import { memoryStorage, noteSigner, openLog } from '@hie/transparency-log';
import { DataSource } from 'typeorm';

import { entryOfEvent } from '../append-event/entry-of-event.js';
import { EntryStore } from '../append-event/entry.store.js';
import { rowMac } from '../append-event/row-mac.js';
import { StandingEntries } from '../append-event/standing-entries.js';
import { CheckpointStore } from '../ask-witnesses/checkpoint.store.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';
import { model } from '../persistence/model.js';
import { SealedEntries } from '../read-entries/sealed-entries.js';
import { KeyDestruction } from './key-destruction.js';
import { LegalHolds } from './legal-holds.js';
import { PatientEraser } from './patient-eraser.js';

const claims = {} as TransactionClaims;
const MATTER = '2026/0117';
const origin = 'ledger.hie.example';
const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);

let schema: TestSchema;
let source: DataSource;
let keys: PatientKeys;
let eraser: PatientEraser;
let destruction: KeyDestruction;
let holds: LegalHolds;
let sealed: SealedEntries;
let told: (AuditFacts & { readonly eventId: string })[];
const master = Buffer.alloc(32, 5);
const ledgerKeys = new LedgerKeys({ masterKey: () => master, wrappingKeys: () => [master] } as never);

beforeAll(async () => {
  schema = await testSchema();
  await applyIn(schema, async (runner) => {
    for (const Migration of model.migrations) await new Migration().up(runner);
  });
  const settings = { url: schema.url, caPath: schema.caPath, schema: schema.name };
  source = await new DataSource(databaseOptions(settings, model)).initialize();
});
beforeEach(() => {
  told = [];
  keys = new PatientKeys(schema.pool, ledgerKeys);
  const unitOfWork = new UnitOfWork(source, () => Promise.resolve(true));
  const audit = {
    write: (facts: AuditFacts) => {
      const eventId = randomUUID();
      told.push({ ...facts, eventId });
      return Promise.resolve({ record: { id: eventId, topic: 't', key: 'k', record: Buffer.from('x') } });
    },
  } as unknown as AuditWriter;
  destruction = new KeyDestruction(schema.pool, ledgerKeys, keys);
  // Nothing here is told by the log but what the tables say too: keep-orders has what is.
  const orders = { isHeld: () => Promise.resolve(false) } as never;
  eraser = new PatientEraser(unitOfWork, audit, keys, destruction, orders);
  holds = new LegalHolds(source, unitOfWork, audit, keys);
  sealed = new SealedEntries(ledgerKeys, keys);
});
afterAll(async () => {
  await source.destroy();
  await schema.drop();
});

const about = async (personId: string): Promise<{ leaf: Uint8Array; entry: LedgerEntry }> => {
  const patient = await keys.of(personId);
  const event: AuditEvent = {
    ...{ eventId: randomUUID(), service: 'consent', action: 'disclosure.decided', outcome: 'success', personId },
    ...{ details: { consentVersion: 'Consent/7' }, seals: [], at: '2026-01-01T00:00:00.000Z', receiptWanted: false },
  };
  const entry = entryOfEvent(event, 'consent', patient.keyId);
  return {
    entry,
    leaf: formatLeaf(sealEntry(entry, { ledger: ledgerKeys.entries, patient: patient.key }, randomBytes)),
  };
};
const reads = async (leaf: Uint8Array): Promise<LedgerEntry | undefined> => {
  const parsed = parseLeaf(leaf);
  const head = openHead(parsed, ledgerKeys.entries);
  const row = { index: 0, leafHash: Buffer.alloc(32), head };
  const mac = rowMac(row, ledgerKeys.rows);
  return (await sealed.open([{ ...row, mac, details: Buffer.from(parsed.details, 'base64url') }]))[0];
};
const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );

it('gives one person one key, however many ask at once, and two persons two', async () => {
  const personId = randomUUID();
  const others = new PatientKeys(schema.pool, ledgerKeys);
  const asked = await Promise.all([keys.of(personId), keys.of(personId), others.of(personId)]);
  expect(new Set(asked.map(({ keyId }) => keyId)).size).toBe(1);
  expect((await keys.of(randomUUID())).keyId).not.toBe(asked[0]?.keyId);
  expect(await keys.keysOf(personId)).toEqual([{ keyId: asked[0]?.keyId }]);
  expect(await keys.keysOf(randomUUID())).toEqual([]);
});

it('makes the details of a patient’s entries unreadable, and leaves their heads, their leaves and everybody else’s', async () => {
  const [person, neighbour] = [randomUUID(), randomUUID()];
  const [one, other] = [await about(person), await about(neighbour)];
  expect(await reads(one.leaf)).toEqual(one.entry);

  const {
    keyIds: [keyId = ''],
  } = await eraser.erase(person, MATTER, claims);
  const { details, ...head } = one.entry;
  expect(details).toBeDefined();
  expect(await reads(one.leaf)).toEqual(head);
  expect(await reads(other.leaf)).toEqual(other.entry);
  expect(told).toEqual([
    expect.objectContaining({ action: 'patient.erased', outcome: 'success', details: { key: keyId, matter: MATTER } }),
  ]);
  expect(JSON.stringify(told)).not.toContain(person);
});

it('forgets whose the key was: what follows is told under a new one', async () => {
  const person = randomUUID();
  const before = await keys.of(person);
  await eraser.erase(person, MATTER, claims);
  expect(await keys.keysOf(person)).toEqual([]);
  expect((await keys.of(person)).keyId).not.toBe(before.keyId);
  const { rows } = await schema.pool.query('select person, wrapped from patient_key where key_id = $1', [before.keyId]);
  expect(rows).toEqual([{ person: null, wrapped: null }]);
  expect(await code(eraser.erase(randomUUID(), MATTER, claims))).toBe('patient-not-in-ledger');
});

it('waits for every legal hold to be lifted, and the ledger is told of the attempt', async () => {
  const person = randomUUID();
  const { leaf, entry } = await about(person);
  const first = await holds.place(person, MATTER, claims);
  const second = await holds.place(person, '2026/0200', claims);
  for (const { holdId } of [first, second]) {
    expect(await code(eraser.erase(person, MATTER, claims))).toBe('legal-hold');
    expect(await reads(leaf)).toEqual(entry);
    await holds.lift(holdId, claims);
    expect(await code(holds.lift(holdId, claims))).toBe('hold-not-found');
  }
  expect(await code(eraser.erase(person, MATTER, claims))).toBe('done');
  const actions = told.map(({ action, outcome }) => `${action} ${outcome}`);
  expect(actions).toEqual([
    ...['hold.placed success', 'hold.placed success', 'erasure.refused denied', 'hold.lifted success'],
    ...['erasure.refused denied', 'hold.lifted success', 'patient.erased success'],
  ]);
});

it('destroys a key again that a restored backup brought back, from the log alone', async () => {
  const person = randomUUID();
  const { leaf } = await about(person);
  const backup = await schema.pool.query<{ person: Buffer; wrapped: Buffer }>(
    'select * from patient_key where person is not null',
  );
  const {
    keyIds: [keyId = ''],
  } = await eraser.erase(person, MATTER, claims);
  const [{ eventId, ...facts }] = told as [(typeof told)[number]];
  const erasure = entryOfEvent(
    {
      ...{ details: {}, receiptWanted: false },
      ...facts,
      eventId,
      service: 'audit-ledger',
      seals: [],
      at: '2026-01-02T00:00:00.000Z',
    },
    'audit-ledger',
    undefined,
  );
  const log = await openLog(memoryStorage(), { origin, signer });
  await log.append([leaf, formatLeaf(sealEntry(erasure, { ledger: ledgerKeys.entries }, randomBytes))]);

  const { wrapped, person: hash } = backup.rows.find(
    (row) => (row as unknown as { key_id: string }).key_id === keyId,
  ) as never;
  await schema.pool.query('update patient_key set person = $2, wrapped = $3, erased_at = null where key_id = $1', [
    keyId,
    hash,
    wrapped,
  ]);
  expect((await reads(leaf))?.details).toBeDefined();
  const checkpoints = new CheckpointStore(schema.pool);
  const keyring = testExchangeKeys().keyringOf('audit-ledger') as never;
  await new StandingEntries(new EntryStore(schema.pool), ledgerKeys, destruction, checkpoints, keyring).complete([
    { begin: 0, head: log.head, proofs: log.proofs },
  ]);
  expect((await reads(leaf))?.details).toBeUndefined();
  const { rows } = await schema.pool.query<{ action: string }>('select action from entry order by index');
  expect(rows.map(({ action }) => action)).toEqual(['disclosure.decided', 'patient.erased']);
});

it('leaves nothing of the destroyed key in the table’s file', async () => {
  const isInFile = async (wrapped: Buffer): Promise<boolean> => {
    await schema.pool.query('checkpoint');
    const { rows: files } = await schema.pool.query<{ file: Buffer }>(
      `select pg_read_binary_file(pg_relation_filepath('patient_key')) as file`,
    );
    return files[0]?.file.includes(wrapped) ?? false;
  };
  const remainsOfAnother = async (): Promise<boolean> => {
    const person = randomUUID();
    const { keyId } = await keys.of(person);
    const query = 'select wrapped from patient_key where key_id = $1';
    const { rows } = await schema.pool.query<{ wrapped: Buffer }>(query, [keyId]);
    const wrapped = rows[0]?.wrapped as Buffer;
    expect(await isInFile(wrapped)).toBe(true);
    await eraser.erase(person, MATTER, claims);
    return isInFile(wrapped);
  };
  // Whoever reads the database in a long transaction, as another suite may, holds a sweep back; the next one gets through.
  let remains = await remainsOfAnother();
  for (let tries = 1; remains && tries < 10; tries += 1) {
    await pause(1_000);
    remains = await remainsOfAnother();
  }
  expect(remains).toBe(false);
}, 60_000);

it('keeps who opens what apart: another patient’s key opens nothing', async () => {
  const [one, other] = [randomUUID(), randomUUID()];
  const { leaf, entry } = await about(one);
  expect(openAsPatient(parseLeaf(leaf), (await keys.of(one)).key)).toEqual(entry);
  expect(openAsPatient(parseLeaf(leaf), (await keys.of(other)).key)).toBeUndefined();
});
