// Two persons who are taken for one and told apart again, and what their accounts, searches, holds and erasures then reach.
import { randomUUID } from 'node:crypto';

import type { PersonMerged } from '@hie/contracts';
import type { AuditFacts, AuditWriter } from '@hie/messaging';
import { GroupCommitter, UnitOfWork, databaseOptions } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { MemberDirectory } from '@hie/service-kit';
import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';
import { DataSource } from 'typeorm';

import { AccountDisclosuresHandler } from '../account-disclosures/account-disclosures.handler.js';
import { AccountStore } from '../account-disclosures/account.store.js';
import { readAccountRequest } from '../account-disclosures/accounting.js';
import { LegalHolds } from '../erase-patient/legal-holds.js';
import { PatientEraser } from '../erase-patient/patient-eraser.js';
import { KeyDestruction } from '../erase-patient/key-destruction.js';
import { model } from '../persistence/model.js';
import {
  type SealedProjection,
  type ToldEvent,
  createTables,
  sealedProjection,
} from '../read-entries/sealed-projection.fixture.js';
import { RetentionStore } from '../retain-shards/retention.store.js';
import { EntryPageStore } from '../search-audit-events/entry-page.store.js';
import { SearchAuditEventsHandler } from '../search-audit-events/search-audit-events.handler.js';
import { readAuditSearch } from '../search-audit-events/search-parameters.js';
import { FollowMergesConsumer } from './follow-merges.consumer.js';

const MATTER = '2026/0117';
const at = (day: number): string => `2026-01-${String(day).padStart(2, '0')}T08:00:00.000Z`;
const claimsOf = (purp: 'HCOMPL' | 'PATRQT') => ({ tctx: { purp } }) as TransactionClaims;
const view = {
  current: () => Promise.resolve({ shards: [{ begin: 0, name: '2026h2', head: { raw: 'signed', size: 1_000_000 } }] }),
} as never;

let schema: TestSchema;
let source: DataSource;
let projection: SealedProjection;
let accounts: AccountDisclosuresHandler;
let searches: SearchAuditEventsHandler;
let eraser: PatientEraser;
let holds: LegalHolds;
let told: AuditFacts[];
let ada: string;
let ben: string;

beforeAll(async () => {
  schema = await testSchema();
  await applyIn(schema, createTables);
  const settings = { url: schema.url, caPath: schema.caPath, schema: schema.name };
  source = await new DataSource(databaseOptions(settings, model)).initialize();
});
beforeEach(() => {
  told = [];
  [ada, ben] = [randomUUID(), randomUUID()];
  projection = sealedProjection(schema.pool);
  const { patients, placed, masterKey, keys } = projection;
  const trail = { record: (facts: AuditFacts) => Promise.resolve(void told.push(facts)) } as never;
  const record = () => ({ id: randomUUID(), topic: 't', key: 'k', record: Buffer.from('x') });
  const audit = {
    write: (facts: AuditFacts) => Promise.resolve({ record: (told.push(facts), record()) }),
  } as unknown as AuditWriter;
  const pages = new EntryPageStore(schema.pool, placed);
  const unitOfWork = new UnitOfWork(source, () => Promise.resolve(true));
  const store = new AccountStore(schema.pool, placed);
  accounts = new AccountDisclosuresHandler(store, pages, patients, view, trail, new MemberDirectory());
  searches = new SearchAuditEventsHandler(pages, patients, view, trail, { masterKey: () => masterKey } as never);
  const destruction = new KeyDestruction(schema.pool, keys, patients);
  // Nothing here is told by the log but what the tables say too: keep-orders has what is.
  const orders = { isHeld: () => Promise.resolve(false) } as never;
  eraser = new PatientEraser(unitOfWork, audit, patients, destruction, orders);
  holds = new LegalHolds(source, unitOfWork, audit, patients);
});
afterEach(async () => {
  await schema.pool.query('alter table entry disable trigger user');
  await schema.pool.query('delete from entry');
  await schema.pool.query('alter table entry enable trigger user');
});
afterAll(async () => {
  await source.destroy();
  await schema.drop();
});

const answered = (personId: string, day: number, to: string): ToldEvent => ({
  ...{ action: 'answer.assembled', service: 'document-query', personId, at: at(day), txn: randomUUID() },
  ...{ requester: { memberId: to }, details: { members: ['lakeside'] } },
});

/** What patient-index tells: ben is answered for as ada from a day on, perhaps to another. */
async function merged(since: number, until?: number): Promise<void> {
  const body: PersonMerged = {
    ...{ eventId: randomUUID(), personId: ben, at: at(since) },
    stoodUnder: [{ personId: ada, since: at(since), ...(until === undefined ? {} : { until: at(until) }) }],
  };
  const { effect } = await new FollowMergesConsumer(projection.patients).onPersonMerged({ body } as never);
  const unit = { msgId: randomUUID(), part: 'main', topic: 't', partition: 0, offset: '1', outputs: [] };
  await new GroupCommitter(schema.pool).commit(unit, effect);
}

async function account(personId: string, purpose: 'HCOMPL' | 'PATRQT' = 'HCOMPL') {
  const request = readAccountRequest([['patient', `Patient/${personId}`]], Date.parse('2026-03-01T00:00:00Z'));
  if ('fault' in request) throw new RangeError(request.fault);
  return (await accounts.account(request, ['patient'], claimsOf(purpose))).disclosures;
}
const recipients = async (personId: string) => (await account(personId)).map(({ recipient }) => recipient.memberId);
async function found(personId: string): Promise<readonly unknown[]> {
  const read = readAuditSearch([['patient', `Patient/${personId}`]]);
  if (!read.ok) throw new RangeError(read.code);
  const page = await searches.search(read.search, claimsOf('HCOMPL'));
  return page?.entries.map(({ entry }) => entry.requester?.memberId).toReversed() ?? [];
}
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    ({ code }: { code?: string }) => code,
  );
const keysOf = async (personId: string) => (await projection.patients.keysOf(personId)).map(({ keyId }) => keyId);

describe('a merge', () => {
  it('makes one account and one search of two, by either id', async () => {
    await projection.append(answered(ada, 1, 'mercy'), answered(ben, 2, 'harbor'), answered(ada, 4, 'eastend'));
    expect([await recipients(ada), await recipients(ben)]).toEqual([['mercy', 'eastend'], ['harbor']]);
    await merged(3);
    for (const either of [ada, ben]) {
      expect(await recipients(either)).toEqual(['mercy', 'harbor', 'eastend']);
      expect(await found(either)).toEqual(['mercy', 'harbor', 'eastend']);
    }
    expect((await account(ben)).map(({ isWhileMerged }) => isWhileMerged)).toEqual([false, false, false]);
  });

  it('finds somebody of whom every entry stands under the other’s id, and tells of the reading by the id asked for', async () => {
    await projection.append(answered(ada, 4, 'eastend'));
    await merged(3);
    expect(await found(ben)).toEqual(['eastend']);
    expect(told.at(-1)).toMatchObject({ action: 'ledger.searched', outcome: 'success', personId: ben });
  });

  it('lets a hold on either stand against the erasure of both, which destroys every key', async () => {
    await projection.append(answered(ada, 1, 'mercy'), answered(ben, 2, 'harbor'));
    await merged(3);
    const keyIds = await keysOf(ada);
    expect(new Set(keyIds).size).toBe(2);
    const { holdId } = await holds.place(ben, MATTER, claimsOf('HCOMPL'));
    expect(await codeOf(eraser.erase(ada, MATTER, claimsOf('HCOMPL')))).toBe('legal-hold');
    expect((await projection.patients.open(keyIds)).size).toBe(2);
    await holds.lift(holdId, claimsOf('HCOMPL'));
    told = [];
    expect(await eraser.erase(ben, MATTER, claimsOf('HCOMPL'))).toEqual({
      keyIds: expect.arrayContaining(keyIds) as unknown,
    });
    expect((await projection.patients.open(keyIds)).size).toBe(0);
    // An entry for each, by which a restored backup forgets it again.
    expect(told.map(({ action, details }) => [action, details?.['key']]).sort()).toEqual(
      keyIds.map((key) => ['patient.erased', key]).sort(),
    );
    expect(await codeOf(eraser.erase(ada, MATTER, claimsOf('HCOMPL')))).toBe('patient-not-in-ledger');
  });
});

describe('an unmerge', () => {
  beforeEach(async () => {
    await projection.append(answered(ada, 1, 'mercy'), answered(ben, 2, 'harbor'));
    await merged(3);
    await projection.append(answered(ada, 4, 'eastend'));
    await merged(3, 5);
    await projection.append(answered(ada, 6, 'northside'), answered(ben, 7, 'university'));
  });

  it('leaves with the survivor what was told as the survivor’s, and shows it to the other for that time alone', async () => {
    expect(await recipients(ada)).toEqual(['mercy', 'eastend', 'northside']);
    expect(await recipients(ben)).toEqual(['harbor', 'eastend', 'university']);
    expect([await found(ada), await found(ben)]).toEqual([
      ['mercy', 'eastend', 'northside'],
      ['harbor', 'eastend', 'university'],
    ]);
    const shown = await account(ben);
    expect(shown.map(({ isWhileMerged }) => isWhileMerged)).toEqual([false, true, false]);
  });

  it('tells a patient that it was given, and not where the other has records', async () => {
    expect((await account(ben, 'PATRQT')).map(({ sources }) => sources)).toEqual([['lakeside'], [], ['lakeside']]);
  });

  it('lets each be erased alone, but not while the other is held: some entries are about both', async () => {
    const [own, survivors] = [await keysOf(ben), await keysOf(ada)];
    expect([own.length, survivors.length]).toEqual([2, 1]);
    const { holdId } = await holds.place(ben, MATTER, claimsOf('HCOMPL'));
    expect(await codeOf(eraser.erase(ada, MATTER, claimsOf('HCOMPL')))).toBe('legal-hold');
    const held = await new RetentionStore(schema.pool).factsOf(0, 100);
    expect(held.heldEntries).toBe(5);
    await holds.lift(holdId, claimsOf('HCOMPL'));
    expect(await eraser.erase(ben, MATTER, claimsOf('HCOMPL'))).toEqual({ keyIds: [own[0]] });
    expect(await recipients(ada)).toEqual(['mercy', 'eastend', 'northside']);
    expect((await projection.patients.open(survivors)).size).toBe(1);
  });

  it('is not undone by a word that comes again, or late', async () => {
    await merged(3);
    expect(await recipients(ben)).toEqual(['harbor', 'eastend', 'university']);
  });
});
