// The tables beside the log, each edited by its owner with its triggers off, or put back from a backup: what the log says was ordered holds.
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';

import { formatLeaf, sealEntry } from '@hie/ledger-entry';
import type { AuditFacts, AuditWriter } from '@hie/messaging';
import { UnitOfWork, databaseOptions } from '@hie/persistence';
import { PERSON_ACR, type TransactionClaims } from '@hie/purpose-of-use';
import { applyIn, testExchangeKeys, testSchema, type TestSchema } from '@hie/testing-kit';
import { type TransparencyLog, memoryStorage, noteSigner, openLog } from '@hie/transparency-log';
import { DataSource } from 'typeorm';

import { entryOfEvent } from '../append-event/entry-of-event.js';
import { EntryStore } from '../append-event/entry.store.js';
import { StandingEntries } from '../append-event/standing-entries.js';
import { CheckpointStore } from '../ask-witnesses/checkpoint.store.js';
import { KeyDestruction } from '../erase-patient/key-destruction.js';
import { isOwn } from '../follow-merges/person-standings.js';
import { LegalHolds } from '../erase-patient/legal-holds.js';
import { PatientEraser } from '../erase-patient/patient-eraser.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';
import { model } from '../persistence/model.js';
import { createTables } from '../read-entries/sealed-projection.fixture.js';
import { SealedEntries } from '../read-entries/sealed-entries.js';
import { CaseCipher } from '../review-cases/case-cipher.js';
import { CaseRepair } from '../review-cases/case-repair.js';
import { CaseStore } from '../review-cases/case.store.js';
import { ReviewCasesHandler } from '../review-cases/review-cases.handler.js';
import { OrderReader } from './order-reader.js';
import { OrderWatch } from './order-watch.js';

const claims = {
  ...{ sub: 'desk', tctx: { org: 'exchange-operator', user: 'reviewer-1' }, rctx: { acr: PERSON_ACR } },
} as TransactionClaims;
const concerned = { memberId: 'mercy', clientId: 'mercy-emr', userId: 'clinician-17' };
const MATTER = '2026/0117';
const master = Buffer.alloc(32, 5);
const keyring = { masterKey: () => master, wrappingKeys: () => [master] } as never;
const ledgerKeys = new LedgerKeys(keyring);

let schema: TestSchema;
let source: DataSource;
let log: TransparencyLog;
let keys: PatientKeys;
let eraser: PatientEraser;
let holds: LegalHolds;
let cases: ReviewCasesHandler;
let store: CaseStore;
let standing: StandingEntries;
let raised: (readonly [reason: string, details: object])[];
/** Events on their way into the log. */
let onTheWay: (AuditFacts & { readonly eventId: string })[];
/** Begins anew, as after a restart. */
let begin: () => OrderWatch;
let watch: OrderWatch;
beforeEach(async () => {
  schema = await testSchema();
  await applyIn(schema, createTables);
  const settings = { url: schema.url, caPath: schema.caPath, schema: schema.name };
  source = await new DataSource(databaseOptions(settings, model)).initialize();
  const signer = noteSigner('ledger.example', 'ed25519', generateKeyPairSync('ed25519').privateKey);
  log = await openLog(memoryStorage(), { origin: 'ledger.example', signer });
  [raised, onTheWay] = [[], []];
  keys = new PatientKeys(schema.pool, ledgerKeys);
  const audit = {
    write: (facts: AuditFacts) => {
      onTheWay.push({ ...facts, eventId: randomUUID() });
      return Promise.resolve({ record: { id: randomUUID(), topic: 't', key: 'k', record: Buffer.from('x') } });
    },
  } as unknown as AuditWriter;
  const unitOfWork = new UnitOfWork(source, () => Promise.resolve(true));
  const destruction = new KeyDestruction(schema.pool, ledgerKeys, keys);
  standing = new StandingEntries(
    new EntryStore(schema.pool),
    ledgerKeys,
    destruction,
    new CheckpointStore(schema.pool),
    testExchangeKeys().keyringOf('audit-ledger') as never,
  );
  const shards = {
    get all() {
      return [{ name: '2026h2', begin: 0, head: log.head, proofs: log.proofs }];
    },
  } as never;
  const cipher = new CaseCipher(keyring);
  store = new CaseStore(schema.pool, cipher);
  cases = new ReviewCasesHandler(store, unitOfWork, audit);
  holds = new LegalHolds(source, unitOfWork, audit, keys);
  const reader = new OrderReader(schema.pool, new SealedEntries(ledgerKeys, keys), standing, shards);
  eraser = new PatientEraser(unitOfWork, audit, keys, destruction, reader);
  begin = () =>
    new OrderWatch(
      new OrderReader(schema.pool, new SealedEntries(ledgerKeys, keys), standing, shards),
      schema.pool,
      destruction,
      new CaseRepair(schema.pool, source, cipher, store),
      { raise: (reason: string, details: object) => Promise.resolve(void raised.push([reason, details])) } as never,
    );
  watch = begin();
});
afterEach(async () => {
  await source.destroy();
  await schema.drop();
});

/** The key that is the person's own. */
const keyOf = async (personId: string): Promise<string | undefined> => (await keys.keysOf(personId)).find(isOwn)?.keyId;
/** What was told reaches the log, and its table. */
const arrive = async (): Promise<void> => {
  for (const { eventId, ...facts } of onTheWay.splice(0)) {
    const patient = facts.personId === undefined ? undefined : await keys.of(facts.personId);
    const event = {
      ...{ details: {}, ...facts, eventId, receiptWanted: false },
      ...{ service: 'audit-ledger' as const, seals: [], at: '2026-11-22T10:00:00.000Z' },
    };
    const entry = entryOfEvent(event as never, 'audit-ledger', patient?.keyId);
    await log.append([
      formatLeaf(sealEntry(entry, { ledger: ledgerKeys.entries, patient: patient?.key }, randomBytes)),
    ]);
  }
  await standing.complete([{ begin: 0, head: log.head, proofs: log.proofs }]);
};
const asOwner = async (table: string, text: string, values: unknown[] = []): Promise<void> => {
  await schema.pool.query(`alter table ${table} disable trigger all`);
  await schema.pool.query(text, values);
};
const look = () => watch.look(log.head.size);
const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
const openHolds = async () => (await holds.open()).map(({ holdId, keyId, matter }) => ({ holdId, keyId, matter }));

it('finds nothing where nobody wrote, while entries are on their way too', async () => {
  const person = randomUUID();
  await keys.of(person);
  const { holdId } = await holds.place(person, MATTER, claims);
  await look();
  await arrive();
  await look();
  await holds.lift(holdId, claims);
  await look();
  await arrive();
  const caseId = await cases.open(randomUUID(), 'reported', concerned, claims);
  await look();
  await arrive();
  await cases.tell(caseId, { kind: 'commented', text: 'looked at' }, claims);
  await look();
  await arrive();
  expect(await code(eraser.erase(person, MATTER, claims))).toBe('done');
  await look();
  await arrive();
  await look();
  expect(raised).toEqual([]);
});

describe('a legal hold', () => {
  let person: string;
  let holdId: string;
  let keyId: string;
  beforeEach(async () => {
    person = randomUUID();
    ({ keyId } = await keys.of(person));
    ({ holdId } = await holds.place(person, MATTER, claims));
    await arrive();
  });

  it.each([
    ['of a backup from before it', 'delete from legal_hold', []],
    ['that was given to another key', 'update legal_hold set key_id = $1', [randomUUID()]],
  ])('%s is put back, at the start already', async (_what, tampering, values) => {
    await asOwner('legal_hold', tampering, values);
    watch = begin();
    await look();
    expect(await openHolds()).toEqual([{ holdId, keyId, matter: MATTER }]);
    expect(raised).toEqual([['hold-changed', { hold: holdId }]]);
  });

  it('that one statement has lifted stands again at the second look', async () => {
    await asOwner('legal_hold', 'update legal_hold set lifted_at = now()');
    await look();
    expect(raised).toEqual([]);
    await look();
    expect(await openHolds()).toEqual([{ holdId, keyId, matter: MATTER }]);
    expect(raised).toEqual([['hold-changed', { hold: holdId }]]);
  });

  it.each([
    ['taken away', 'delete from legal_hold'],
    ['lifted', 'update legal_hold set lifted_at = now()'],
  ])('that was %s keeps the key from being destroyed meanwhile', async (_what, tampering) => {
    await asOwner('legal_hold', tampering);
    expect(await code(eraser.erase(person, 'REQ-9', claims))).toBe('legal-hold');
    expect(onTheWay.map(({ action }) => action)).toEqual(['erasure.refused']);
    expect(await keyOf(person)).toBe(keyId);
  });

  it('keeps it also where the entry’s own row was written into: the log is asked', async () => {
    await asOwner('legal_hold', 'delete from legal_hold');
    await asOwner('entry', `update entry set head = jsonb_set(head, '{patient}', to_jsonb($1::text))`, [randomUUID()]);
    expect(await code(eraser.erase(person, 'REQ-9', claims))).toBe('legal-hold');
  });

  it('that was lifted a moment ago is waited for, until its entry says so', async () => {
    await holds.lift(holdId, claims);
    const erasing = eraser.erase(person, 'REQ-9', claims);
    await arrive();
    expect(await code(erasing)).toBe('done');
  });

  it('that was lifted, and that a backup brings back, is lifted again', async () => {
    await holds.lift(holdId, claims);
    await arrive();
    await asOwner('legal_hold', 'update legal_hold set lifted_at = null');
    await look();
    expect(await openHolds()).toEqual([]);
    expect(raised).toEqual([['hold-changed', { hold: holdId }]]);
  });
});

it('a destroyed key that the table of keys alone brings back is destroyed again', async () => {
  const person = randomUUID();
  const { keyId } = await keys.of(person);
  const { rows: backup } = await schema.pool.query<{ person: Buffer; wrapped: Buffer }>('select * from patient_key');
  await eraser.erase(person, MATTER, claims);
  await arrive();
  const putBack = 'update patient_key set person = $2, wrapped = $3, erased_at = null where key_id = $1';
  await asOwner('patient_key', putBack, [keyId, backup[0]?.person, backup[0]?.wrapped]);
  expect(await keyOf(person)).toBe(keyId);
  await look();
  expect(await keyOf(person)).toBeUndefined();
  expect(await keys.open([keyId])).toEqual(new Map());
  expect(raised).toEqual([['key-back', { key: keyId }]]);
});

describe('a case', () => {
  let caseId: string;
  beforeEach(async () => {
    caseId = await cases.open(randomUUID(), 'reported', concerned, claims);
    await cases.tell(caseId, { kind: 'commented', text: 'looked at' }, claims);
    await cases.tell(caseId, { kind: 'assigned', to: { memberId: 'exchange-operator', userId: 'reviewer-1' } }, claims);
    await arrive();
  });

  it.each([
    ['cut off at its end', 'delete from case_event where seq = 2', 2],
    ['taken out of its middle', 'delete from case_event where seq = 1', 1],
    ['written into', `update case_event set content = '\\x00' where seq = 1`, 1],
  ])('whose events were %s is told of, once, by place', async (_what, tampering, seq) => {
    await asOwner('case_event', tampering);
    await look();
    await look();
    expect(raised.filter(([reason]) => reason === 'case-event-missing')).toEqual([
      ['case-event-missing', { case: caseId, seq }],
    ]);
  });

  it.each([
    ['was closed by one statement', `update review_case set outcome = 'justified', closed_at = now()`],
    ['is due another day', `update review_case set due_at = due_at + interval '1 year'`],
    ['was taken out of the lists', 'delete from review_case'],
  ])('that %s is put right from its events', async (_what, tampering) => {
    const before = await store.rowsOf([caseId]);
    await asOwner('review_case', tampering);
    await look();
    expect(await store.rowsOf([caseId])).toEqual(before);
    expect(raised).toEqual([['case-changed', { case: caseId }]]);
  });
});
