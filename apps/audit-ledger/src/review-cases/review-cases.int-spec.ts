// Cases on a real database: a broken glass opens one, its comments can't be changed or read there, its evidence is proven.
import { randomUUID } from 'node:crypto';
import { generateKeyPairSync } from 'node:crypto';

import type { GlassReported } from '@hie/contracts';
import { type Evidence, checkEvidence } from '@hie/ledger-report';
import type { AuditFacts, AuditWriter, MessageWriter } from '@hie/messaging';
import { UnitOfWork, databaseOptions } from '@hie/persistence';
import { PERSON_ACR, type TransactionClaims } from '@hie/purpose-of-use';
import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';
import { memoryStorage, noteSigner, openCheckpoint, openLog, shardOrigin } from '@hie/transparency-log';
import { DataSource } from 'typeorm';

import { model } from '../persistence/model.js';
import { type SealedProjection, createTables, sealedProjection } from '../read-entries/sealed-projection.fixture.js';
import { EntryPageStore } from '../search-audit-events/entry-page.store.js';
import { BreakGlassWatch } from './break-glass-watch.js';
import { CaseCipher } from './case-cipher.js';
import { CaseStore } from './case.store.js';
import { EvidenceEntries } from './evidence-entries.js';
import { caseOf } from './review-case.js';
import { GlassReports } from './glass-reports.js';
import { ReviewCasesHandler } from './review-cases.handler.js';
import { TransactionEntries } from './transaction-entries.js';

const claimsOf = (org: string, user: string, rctx: object = { acr: PERSON_ACR }) =>
  ({ sub: `${org}-client`, tctx: { org, user }, rctx }) as TransactionClaims;
const reviewer = claimsOf('exchange-operator', 'reviewer-1');
const clinician = claimsOf('mercy', 'clinician-17');
const concerned = { memberId: 'mercy', clientId: 'mercy-emr', userId: 'clinician-17' };
const BASE = 'ledger.example';
const signer = noteSigner(shardOrigin(BASE, '2026h2'), 'ed25519', generateKeyPairSync('ed25519').privateKey);

let schema: TestSchema;
let source: DataSource;
let projection: SealedProjection;
let store: CaseStore;
let handler: ReviewCasesHandler;
let transactions: TransactionEntries;
let watch: BreakGlassWatch;
let told: AuditFacts[];
let reported: GlassReported[];
const logged: unknown[] = [];

beforeAll(async () => {
  schema = await testSchema();
  await applyIn(schema, createTables);
  source = await new DataSource(
    databaseOptions({ url: schema.url, caPath: schema.caPath, schema: schema.name }, model),
  ).initialize();
  projection = sealedProjection(schema.pool);
});
beforeEach(() => {
  told = [];
  reported = [];
  const audit = {
    write: (facts: AuditFacts) => {
      told.push(facts);
      return Promise.resolve({ record: { id: randomUUID(), topic: 't', key: 'k', record: Buffer.from('x') } });
    },
  } as unknown as AuditWriter;
  store = new CaseStore(schema.pool, new CaseCipher({ masterKey: () => projection.masterKey } as never));
  handler = new ReviewCasesHandler(store, new UnitOfWork(source, () => Promise.resolve(true)), audit);
  transactions = new TransactionEntries(schema.pool, projection.placed);
  const messages = {
    write: (_type: unknown, body: GlassReported) => {
      reported.push(body);
      return Promise.resolve({ record: { id: randomUUID(), topic: 't', key: 'k', record: Buffer.from('x') } });
    },
  } as unknown as MessageWriter;
  const reports = new GlassReports(transactions, messages, new UnitOfWork(source, () => Promise.resolve(true)));
  watch = new BreakGlassWatch({} as never, transactions, handler, reports, {
    error: (fields: unknown) => logged.push(fields),
  } as never);
});
afterAll(async () => {
  await source.destroy();
  await schema.drop();
});

const opened = (): Promise<string> => handler.open(randomUUID(), 'reported', concerned, reviewer);
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );

it('opens a case for every broken glass, once, and for nothing else', async () => {
  const txn = randomUUID();
  await projection.append(
    { action: 'query.requested', purpose: 'BTG', txn, requester: concerned },
    { action: 'answer.assembled', service: 'document-query', purpose: 'BTG', txn, requester: concerned },
    { action: 'query.requested', purpose: 'ETREAT' },
  );
  expect(await watch.look()).toMatchObject({ opened: 1 });
  expect(await watch.look()).toMatchObject({ opened: 0 });
  const caseId = await store.caseOfTransaction(txn);
  expect(caseOf(await store.eventsOf(caseId ?? ''))).toMatchObject({ reason: 'break-glass', txn, concerned });
  expect(told).toEqual([
    expect.objectContaining({
      action: 'case.opened',
      details: expect.objectContaining({ case: caseId, reviewed: txn }) as unknown,
    }),
  ]);
});

it('B4: tells of a broken glass once, when its answer says whose records were asked for', async () => {
  const [txn, empty] = [randomUUID(), randomUUID()];
  const of = (own: string) => ({ purpose: 'BTG', txn: own, requester: concerned }) as const;
  await projection.append(
    { action: 'query.requested', ...of(txn) },
    { action: 'query.requested', ...of(empty) },
    { action: 'answer.assembled', service: 'document-query', outcome: 'empty', ...of(empty) },
  );
  expect(await watch.look()).toEqual({ opened: 2, waiting: 1 });
  const members = ['mercy', 'harbor', 'saint-brigid'];
  const answer = {
    action: 'answer.assembled',
    service: 'document-query',
    outcome: 'success',
    details: { members },
  } as const;
  await projection.append({ ...answer, ...of(txn) }, { ...answer, details: { members: ['late'] }, ...of(txn) });
  expect(await watch.look()).toEqual({ opened: 0, waiting: 0 });
  expect(await watch.look()).toEqual({ opened: 0, waiting: 0 });
  const caseId = await store.caseOfTransaction(txn);
  expect(reported.filter((one) => one.txn === txn)).toEqual([
    expect.objectContaining({
      ...{ caseId, members: ['harbor', 'saint-brigid'] },
      requester: { memberId: 'mercy', userId: 'clinician-17' },
    }),
  ]);
  expect(reported.filter((one) => one.txn === empty)).toMatchObject([{ members: [] }]);
});

it('B4: tells of a broken glass whose case somebody has opened before the watch looked', async () => {
  const txn = randomUUID();
  const of = { purpose: 'BTG', txn, requester: concerned } as const;
  await projection.append(
    { action: 'query.requested', ...of },
    { action: 'answer.assembled', service: 'document-query', details: { members: ['harbor'] }, ...of },
  );
  expect(await transactions.reviewed(txn)).toEqual({ concerned, isGlassBroken: true });
  await handler.open(txn, 'break-glass', concerned, reviewer);
  expect(await watch.look()).toEqual({ opened: 0, waiting: 0 });
  expect(reported.map((one) => one.txn)).toContain(txn);
});

it('is assigned to anybody but the one it concerns, closed by its assignee, and then at its end', async () => {
  const caseId = await opened();
  const assign = (memberId: string, userId: string, by = reviewer) =>
    codeOf(handler.tell(caseId, { kind: 'assigned', to: { memberId, userId } }, by));
  expect(await assign('mercy', 'clinician-17')).toBe('reviewer-concerned');
  expect(await assign('exchange-operator', 'reviewer-1', clinician)).toBe('actor-concerned');
  expect(await assign('exchange-operator', 'reviewer-1')).toBe('done');
  const close = (by: TransactionClaims) => codeOf(handler.tell(caseId, { kind: 'closed', outcome: 'justified' }, by));
  expect(await close(claimsOf('exchange-operator', 'reviewer-2'))).toBe('not-the-assignee');
  // By a system that names the assignee, without anybody’s sign-in.
  expect(await close(claimsOf('exchange-operator', 'reviewer-1', {}))).toBe('not-the-assignee');
  expect(await close(reviewer)).toBe('done');
  expect(await close(reviewer)).toBe('case-closed');
  expect(told.map(({ action }) => action)).toEqual(['case.opened', 'case.assigned', 'case.closed']);
  expect((await store.list({ state: 'closed', count: 10 })).map((row) => (row as { caseId: string }).caseId)).toContain(
    caseId,
  );
});

it('keeps a comment sealed in the database, out of the ledger’s entry, and for ever', async () => {
  const caseId = await opened();
  await handler.tell(caseId, { kind: 'commented', text: 'Jane Doe was on the ward' }, reviewer);
  expect((await store.eventsOf(caseId)).at(-1)).toMatchObject({
    event: { text: 'Jane Doe was on the ward' },
    by: { userId: 'reviewer-1' },
  });
  const { rows } = await schema.pool.query<{ content: Buffer }>('select content from case_event where case_id = $1', [
    caseId,
  ]);
  expect(Buffer.concat(rows.map(({ content }) => content)).toString('latin1')).not.toContain('Jane');
  expect(JSON.stringify(told)).not.toContain('Jane');
  expect(told.at(-1)?.digest).toMatch(/^[\w-]{43}$/);
  for (const change of ['update case_event set seq = 9', 'delete from case_event', 'truncate case_event']) {
    expect(await codeOf(schema.pool.query(change))).toBe('23001');
  }
});

it('does not open an event that was moved or changed', async () => {
  const [one, other] = [await opened(), await opened()];
  await schema.pool.query('alter table case_event disable trigger user');
  await schema.pool.query(
    'update case_event set content = (select content from case_event where case_id = $2) where case_id = $1',
    [one, other],
  );
  await schema.pool.query('alter table case_event enable trigger user');
  await expect(store.eventsOf(one)).rejects.toThrow();
});

it('lets one of two who act at once be told that the case has changed', async () => {
  const caseId = await opened();
  const both = await Promise.all(
    ['one', 'two'].map((text) => codeOf(handler.tell(caseId, { kind: 'commented', text }, reviewer))),
  );
  const count = (await store.eventsOf(caseId)).length;
  expect(both.filter((code) => code === 'done')).toHaveLength(count - 1);
  expect(both.filter((code) => code !== 'done').every((code) => code === 'case-changed')).toBe(true);
});

it('lists what is overdue, and not what is in time', async () => {
  const [late, inTime] = [await opened(), await opened()];
  await schema.pool.query(`update review_case set due_at = now() - interval '1 hour' where case_id = $1`, [late]);
  const overdue = (await store.list({ state: 'overdue', count: 500 })).map((row) => (row as { caseId: string }).caseId);
  expect(overdue).toContain(late);
  expect(overdue).not.toContain(inTime);
});

it('gives evidence that anybody can check: what stands in the log, what opens it, and what it says', async () => {
  const [txn, personId] = [randomUUID(), randomUUID()];
  await projection.append(
    { action: 'query.requested', txn, requester: concerned },
    { action: 'answer.assembled', service: 'document-query', txn, requester: concerned, personId },
  );
  const log = await openLog(memoryStorage(), { origin: shardOrigin(BASE, '2026h2'), signer });
  await log.append(projection.leaves);
  const view = {
    current: () => Promise.resolve({ shards: [{ name: '2026h2', begin: 0, head: log.head, proofs: log.proofs }] }),
  };
  const pages = new EntryPageStore(schema.pool, projection.placed);
  const evidences = new EvidenceEntries(pages, view, projection.keys, projection.patients);
  const trust = { origin: log.head.origin, logKeys: [signer.key] };
  const faults = (evidence: Evidence) =>
    checkEvidence(evidence, (raw) => openCheckpoint(raw, trust)).map(({ fault }) => fault);
  const evidence = await evidences.ofTransaction(txn);
  expect(evidence.isComplete).toBe(true);
  expect(evidence.entries.map(({ shard, auditEvent }) => [shard, auditEvent.type?.code])).toEqual([
    ['2026h2', 'rest'],
    ['2026h2', '110106'],
  ]);
  expect(faults(evidence)).toEqual([undefined, undefined]);
  expect(faults({ ...evidence, txn: randomUUID() })).toEqual(['other-transaction', 'other-transaction']);

  const keyIds = (await projection.patients.keysOf(personId)).map(({ keyId }) => keyId);
  const erase = 'update patient_key set person = null, wrapped = null, erased_at = now() where key_id = any($1)';
  await schema.pool.query(erase, [keyIds]);
  const after = await evidences.ofTransaction(txn);
  expect(JSON.stringify(after.entries[1]?.auditEvent)).toContain('"destroyed"');
  expect(faults(after)).toEqual([undefined, undefined]);
  expect(await transactions.reviewed(txn)).toEqual({ concerned, isGlassBroken: false });
  expect(await transactions.reviewed(randomUUID())).toBeUndefined();
});

it('says when a transaction has more entries than its evidence', async () => {
  const txn = randomUUID();
  await projection.append(...Array.from({ length: 201 }, () => ({ action: 'query.requested', txn })));
  const log = await openLog(memoryStorage(), { origin: shardOrigin(BASE, '2026h2'), signer });
  await log.append(projection.leaves);
  const view = {
    current: () => Promise.resolve({ shards: [{ name: '2026h2', begin: 0, head: log.head, proofs: log.proofs }] }),
  };
  const pages = new EntryPageStore(schema.pool, projection.placed);
  const evidences = new EvidenceEntries(pages, view, projection.keys, projection.patients);
  const { isComplete, entries } = await evidences.ofTransaction(txn);
  expect([isComplete, entries.length]).toEqual([false, 200]);
});

it('draws from one entry of each disclosure’s transaction in a period', async () => {
  const txn = randomUUID();
  const at = '2027-05-05T10:00:00.000Z';
  await projection.append(
    { action: 'answer.assembled', service: 'document-query', txn, at },
    { action: 'answer.assembled', service: 'document-query', txn, at },
    { action: 'answer.assembled', service: 'document-query', at, outcome: 'denied' },
  );
  const found = await transactions.disclosuresBetween(
    Date.parse('2027-05-05T00:00:00Z'),
    Date.parse('2027-05-06T00:00:00Z'),
  );
  expect(found?.map(({ entry }) => entry.txn)).toEqual([txn]);
});
