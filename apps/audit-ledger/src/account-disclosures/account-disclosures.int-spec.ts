// An accounting from sealed entries on a real database: whose, what explains it, what is told of it, and what a patient is not told.
import { randomUUID } from 'node:crypto';

import { memberChanged } from '@hie/contracts';
import { accountCsv } from '@hie/ledger-report';
import type { AuditFacts } from '@hie/messaging';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { MemberDirectory } from '@hie/service-kit';
import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';

import {
  type SealedProjection,
  type ToldEvent,
  createTables,
  sealedProjection,
} from '../read-entries/sealed-projection.fixture.js';
import { EntryPageStore } from '../search-audit-events/entry-page.store.js';
import { AccountDisclosuresHandler } from './account-disclosures.handler.js';
import { AccountStore } from './account.store.js';
import { readAccountRequest } from './accounting.js';

const [ada, ben] = [randomUUID(), randomUUID()] as const;
const claimsOf = (purp: 'HCOMPL' | 'PATRQT') => ({ tctx: { purp } }) as TransactionClaims;

let schema: TestSchema;
let projection: SealedProjection;
let handler: AccountDisclosuresHandler;
let told: AuditFacts[];
const members = new MemberDirectory();
for (const [memberId, name] of [['mercy', 'Mercy General'] as const, ['eastend', 'East End Clinic'] as const])
  members.apply({ ...memberChanged.example, memberId, name });

beforeAll(async () => {
  schema = await testSchema();
  await applyIn(schema, createTables);
  projection = sealedProjection(schema.pool);
  const answered = (txn: string, at: string, further: Partial<ToldEvent> = {}): ToldEvent => ({
    ...{ action: 'answer.assembled', service: 'document-query', personId: ada, reason: 'directive.permit', txn, at },
    ...further,
  });
  const [treated, studied] = [randomUUID(), randomUUID()];
  const person = { requester: { memberId: 'mercy', clientId: 'mercy-emr', userId: 'clinician-17' } };
  await projection.append(
    { action: 'query.requested', txn: treated, details: { operation: 'arrival', kinds: ['Condition', 'Device'] } },
    {
      action: 'disclosure.decided',
      service: 'consent',
      txn: treated,
      personId: ada,
      details: { consentVersion: 'Consent/7/_history/2' },
    },
    answered(treated, '2026-01-02T03:00:00.000Z', { details: { stage: 'critical', members: ['harbor'] }, ...person }),
    answered(treated, '2026-01-02T03:00:04.000Z', {
      details: { stage: 'complete', members: ['harbor', 'eastend'], given: ['Condition=3', 'Device=1'] },
      ...person,
    }),
    answered(studied, '2026-01-05T00:00:00.000Z', {
      purpose: 'HRESCH',
      requester: { memberId: 'university', clientId: 'study' },
    }),
    answered(randomUUID(), '2026-01-06T00:00:00.000Z', { outcome: 'denied' }),
    answered(randomUUID(), '2026-01-07T00:00:00.000Z', { personId: ben }),
    answered(randomUUID(), '2019-01-07T00:00:00.000Z'),
  );
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
  const pages = new EntryPageStore(schema.pool, projection.placed);
  const store = new AccountStore(schema.pool, projection.placed);
  handler = new AccountDisclosuresHandler(store, pages, projection.patients, view as never, trail as never, members);
});
afterAll(() => schema.drop());

function account(query: string, purpose: 'HCOMPL' | 'PATRQT' = 'HCOMPL', person: string = ada) {
  const parameters = [...new URLSearchParams(`patient=Patient/${person}&${query}`)] as [string, string][];
  const request = readAccountRequest(parameters, Date.parse('2026-03-01T00:00:00Z'));
  if ('fault' in request) throw new RangeError(request.fault);
  return handler.account(
    request,
    parameters.map(([name]) => name),
    claimsOf(purpose),
  );
}
const recipients = async (query: string): Promise<unknown[]> =>
  (await account(query)).disclosures.map(({ recipient }) => recipient.memberId);

it('has the patient’s disclosures of six years, and nobody else’s, with what explains them', async () => {
  const { disclosures, size, checkpoint } = await account('');
  expect([size, checkpoint]).toEqual([8, 'a signed checkpoint']);
  expect(disclosures).toHaveLength(2);
  expect(disclosures[0]).toMatchObject({
    ...{
      date: '2026-01-02T03:00:00.000Z',
      until: '2026-01-02T03:00:04.000Z',
      purpose: 'TREAT',
      rule: 'directive.permit',
    },
    recipient: { memberId: 'mercy', name: 'Mercy General', clientId: 'mercy-emr', userId: 'clinician-17' },
    ...{ kinds: ['Condition', 'Device'], counts: { Condition: 3, Device: 1 } },
    // Of whom nobody told, the id.
    ...{ sources: ['eastend', 'harbor'], sourceNames: ['East End Clinic', 'harbor'] },
    ...{ consentVersion: 'Consent/7/_history/2' },
    standing: { kind: 'exempt', because: 'treatment' },
  });
  expect(disclosures[0]?.entries.map(({ index }) => index)).toEqual([2, 3]);
  expect(accountCsv(disclosures).split('\r\n')).toHaveLength(4);
});

it.each<[string, unknown[]]>([
  ['include=accountable', ['university']],
  ['client=study', ['university']],
  ['member=mercy', ['mercy']],
  ['consent=Consent/7/_history/2', ['mercy']],
  ['consent=Consent/7/_history/1', []],
  ['from=2026-01-05T00:00Z&to=2026-01-05T00:59Z', ['university']],
  ['from=2018-01-01', ['mercy', 'mercy', 'university']],
])('by %s has those to %j', async (query, expected) => {
  expect(await recipients(query)).toEqual(expected);
});

it('tells a patient who received, and not the name of somebody who works there', async () => {
  const { disclosures } = await account('', 'PATRQT');
  expect(disclosures[0]?.recipient).toEqual({ memberId: 'mercy', name: 'Mercy General', clientId: 'mercy-emr' });
});

it('is empty for a stranger, and both are entries of the ledger', async () => {
  await account('client=study');
  expect((await account('', 'HCOMPL', randomUUID())).disclosures).toEqual([]);
  expect(told).toEqual([
    {
      action: 'disclosures.accounted',
      outcome: 'success',
      personId: ada,
      details: { criteria: ['patient', 'client'], disclosures: 1, format: 'json' },
    },
    {
      action: 'disclosures.accounted',
      outcome: 'empty',
      details: { criteria: ['patient'], disclosures: 0, format: 'json' },
    },
  ]);
});

it('still says who received what of a patient whose key was destroyed, by what is left', async () => {
  const gone = randomUUID();
  await projection.append({
    action: 'answer.assembled',
    service: 'document-query',
    personId: gone,
    details: { members: ['harbor'] },
  });
  const [{ keyId } = { keyId: '' }] = await projection.patients.keysOf(gone);
  await schema.pool.query('update patient_key set person = null, wrapped = null, erased_at = now() where key_id = $1', [
    keyId,
  ]);
  const store = new AccountStore(schema.pool, projection.placed);
  const entries = await store.entriesOf(
    [{ keyId }],
    { fromMs: 0, beforeMs: Date.parse('2027-01-01T00:00:00Z') },
    1_000,
  );
  expect(entries.map(({ entry }) => [entry.requester?.memberId, entry.details])).toEqual([['mercy', undefined]]);
});
