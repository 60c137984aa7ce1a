// The search over a real projection of sealed entries: what each parameter finds, pages while the log grows, and what is told of it.
import { randomUUID } from 'node:crypto';

import type { AuditFacts } from '@hie/messaging';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';

import {
  type SealedProjection,
  type ToldEvent,
  createTables,
  sealedProjection,
} from '../read-entries/sealed-projection.fixture.js';
import { auditEventBundle } from './audit-event-bundle.js';
import { EntryPageStore } from './entry-page.store.js';
import { SearchAuditEventsHandler } from './search-audit-events.handler.js';
import { readAuditSearch } from './search-parameters.js';

const claims = {} as TransactionClaims;
const [ada, ben, stranger] = [randomUUID(), randomUUID(), randomUUID()] as const;
const query = randomUUID();

let schema: TestSchema;
let projection: SealedProjection;
let store: EntryPageStore;
let handler: SearchAuditEventsHandler;
let told: AuditFacts[];

const events: readonly ToldEvent[] = [
  { action: 'query.requested', txn: query, at: '2026-01-02T03:00:00.000Z', details: { kinds: ['Condition'] } },
  {
    ...{ action: 'disclosure.decided', service: 'consent', txn: query, personId: ada, at: '2026-01-02T03:00:00.100Z' },
    details: { consentVersion: 'Consent/7/_history/2' },
  },
  { action: 'answer.assembled', service: 'document-query', txn: query, personId: ada, at: '2026-01-02T03:00:00.200Z' },
  {
    action: 'answer.assembled',
    service: 'document-query',
    personId: ben,
    outcome: 'denied',
    purpose: 'BTG',
    at: '2026-01-03T00:00:00.000Z',
  },
  {
    action: 'disclosure.decided',
    service: 'consent',
    personId: ada,
    at: '2026-01-04T00:00:00.000Z',
    details: { consentVersion: 'Consent/7/_history/3' },
  },
  {
    action: 'request.refused',
    outcome: 'refused',
    requester: { memberId: 'harbor', clientId: 'harbor-emr', userId: 'u-9', address: '203.0.113.9' },
    at: '2026-01-05T00:00:00.000Z',
  },
  {
    ...{ action: 'query.failed', outcome: 'failed', at: '2026-01-06T00:00:00.000Z' },
    requester: { memberId: 'mercy', clientId: 'mercy-emr', address: '2001:db8::1' },
  },
];

beforeAll(async () => {
  schema = await testSchema();
  await applyIn(schema, createTables);
  projection = sealedProjection(schema.pool);
  await projection.append(...events);
  store = new EntryPageStore(schema.pool, projection.placed);
});
beforeEach(() => {
  told = [];
  const trail = { record: (facts: AuditFacts) => Promise.resolve(void told.push(facts)) };
  const view = {
    current: () =>
      Promise.resolve({
        shards: [{ begin: 0, name: '2026h2', head: { raw: 'a signed checkpoint', size: 1_000_000 } }],
      }),
  };
  const keyring = { masterKey: () => projection.masterKey };
  handler = new SearchAuditEventsHandler(store, projection.patients, view as never, trail as never, keyring as never);
});
afterAll(() => schema.drop());

async function search(text: string) {
  const read = readAuditSearch([...new URLSearchParams(text)]);
  if (!read.ok) throw new RangeError(read.code);
  return handler.search(read.search, claims);
}
const indexesOf = async (text: string): Promise<readonly number[]> =>
  (await search(text))?.entries.map(({ place }) => place.index) ?? [];

it.each<[string, number[]]>([
  ['', [6, 5, 4, 3, 2, 1, 0]],
  [`patient=Patient/${ada}`, [4, 2, 1]],
  [`patient=Patient/${ada}&type=110106`, [2]],
  [`patient=Patient/${ada}&entity=Consent/7/_history/2`, [1]],
  [`patient=Patient/${ada}&entity=Consent/7/_history/2,Consent/7/_history/3`, [4, 1]],
  [`patient=Patient/${ada}&entity=Consent/8/_history/2`, []],
  [`patient=Patient/${stranger}`, []],
  [`entity.identifier=${query}`, [2, 1, 0]],
  ['date=2026-01-02', [2, 1, 0]],
  ['date=gt2026-01-02&date=lt2026-01-05', [4, 3]],
  ['date=2026-01-02T03:00:00.100Z', [1]],
  ['date=lt2026-01-03,ge2026-01-06', [6, 2, 1, 0]],
  ['agent=Practitioner/u-9', [5]],
  ['agent=harbor', [5]],
  ['agent.identifier=consent', [4, 1]],
  ['purpose=BTG', [3]],
  ['outcome=8', [6, 3]],
  ['outcome=4', [5]],
  ['address=document-query', [3, 2]],
  ['address=203.0.113.9', [5]],
  ['address=203.0.113.90', []],
  ['address=2001:DB8:0::1,203.0.113.9', [6, 5]],
  ['action=R', [2]],
  ['type=110113', [5, 4, 1]],
  ['subtype=http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle|disclose', [2]],
  ['subtype=unheard-of', []],
])('finds by %s', async (text, expected) => {
  expect(await indexesOf(text)).toEqual(expected);
});

it('opens what it finds, and says where it stands and how far it reaches', async () => {
  const page = await search(`patient=Patient/${ada}&type=110113&_count=1`);
  const bundle = auditEventBundle(page!);
  expect(bundle.entry?.[0]?.resource).toMatchObject({
    entity: expect.arrayContaining([
      expect.objectContaining({ what: { type: 'Consent', reference: 'Consent/7/_history/3' } }),
    ]) as unknown,
  });
  const extent = bundle.meta?.extension?.[0]?.extension;
  expect(extent?.map(({ valueIdentifier, valueString }) => valueIdentifier?.value ?? valueString)).toEqual([
    '7',
    '2026h2/7',
    'a signed checkpoint',
  ]);
  expect(bundle).not.toHaveProperty('total');
});

it('tells the ledger that it was searched, by names and not by values, and of whom where they are known', async () => {
  await search(`patient=Patient/${ada}&date=2026&_count=2`);
  expect(told).toEqual([
    {
      ...{ action: 'ledger.searched', outcome: 'success', personId: ada },
      details: { criteria: ['patient', 'date', '_count'], entries: 2 },
    },
  ]);
  await search(`patient=Patient/${stranger}`);
  expect(told[1]).toEqual({
    action: 'ledger.searched',
    outcome: 'empty',
    details: { criteria: ['patient'], entries: 0 },
  });
  expect(await projection.patients.keysOf(stranger)).toEqual([]);
});

it('pages without a gap, a double or anything that came after the first page', async () => {
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await search(`outcome=0&_count=2${cursor === undefined ? '' : `&_cursor=${cursor}`}`);
    expect(page?.size).toBe(7);
    seen.push(...(page?.entries ?? []).map(({ place }) => place.index));
    cursor = page?.cursor;
    await projection.append({ action: 'query.requested', at: '2026-02-01T00:00:00.000Z' });
  } while (cursor !== undefined);
  expect(seen).toEqual([4, 2, 1, 0]);
});

it('takes a cursor for its own search alone', async () => {
  const page = await search('outcome=0&_count=1');
  expect(page?.cursor).toBeDefined();
  expect(await search(`outcome=0&_count=2&_cursor=${page?.cursor}`)).toBeDefined();
  expect(await search(`outcome=8&_count=1&_cursor=${page?.cursor}`)).toBeUndefined();
  expect(await search(`date=ge2026&outcome=0&_cursor=${page?.cursor}`)).toBeUndefined();
});

it('reaches up to the first row that is missing, until it is there', async () => {
  const size = await store.extent();
  await projection.appendAt(size + 1, { action: 'query.requested', personId: ben });
  expect(await store.extent()).toBe(size);
  expect((await indexesOf(`patient=Patient/${ben}`)).includes(size + 1)).toBe(false);
  await projection.appendAt(size, { action: 'query.requested' });
  expect(await store.extent()).toBe(size + 2);
  expect((await indexesOf(`patient=Patient/${ben}`)).includes(size + 1)).toBe(true);
});

it('says that a patient’s details were destroyed, and still finds the entries', async () => {
  const gone = randomUUID();
  await projection.append({
    action: 'answer.assembled',
    service: 'document-query',
    personId: gone,
    details: { stage: 'critical' },
  });
  const [{ keyId } = { keyId: '' }] = await projection.patients.keysOf(gone);
  await schema.pool.query('update patient_key set person = null, wrapped = null, erased_at = now() where key_id = $1', [
    keyId,
  ]);
  const pseudonym = `https://hie.example/fhir/NamingSystem/ledger-patient|${keyId}`;
  const page = await search(new URLSearchParams([['patient.identifier', pseudonym]]).toString());
  expect(page?.entries).toHaveLength(1);
  expect(JSON.stringify(auditEventBundle(page!))).toContain('"destroyed"');
});

it('gives no page with a row whose time somebody has moved', async () => {
  const [eventId] = await projection.append({ action: 'query.requested', at: '2031-01-01T00:00:00.000Z' });
  expect(await indexesOf(`_id=${eventId}`)).toHaveLength(1);
  await schema.pool.query('alter table entry disable trigger user');
  await schema.pool.query(`update entry set at = at - interval '1 year' where event_id = $1`, [eventId]);
  await expect(search('date=2030')).rejects.toMatchObject({ code: 'ledger-row-changed' });
});
