// A member says that one of its numbers has replaced another (IHE PIXm ITI-104): people join the two, and the old number leads to both.
import { randomUUID } from 'node:crypto';

import type { PatientIdentified } from '@hie/contracts';
import { testSchema } from '@hie/testing-kit';

import {
  type IdentityService,
  accountsOf,
  claimsOf,
  fed,
  identityService,
  steward,
} from '../identity-store/identity-service.fixture.js';
import type { StoredRecord } from '../identity-store/stored-record.js';

let schema: Awaited<ReturnType<typeof testSchema>>;
let service: IdentityService;

beforeEach(async () => {
  schema = await testSchema();
  service = await identityService(schema);
});
afterEach(async () => {
  await service.close();
  await schema.drop();
});

const [ada, bo] = [steward('ada'), steward('bo')];
const old = fed('OLD', { given: ['M.'], family: ['Garcia'], birthDate: '1985-05-05', phones: [], addresses: [] });
const kept = fed('NEW', { given: ['Tereza'], family: ['Lindqvist'], birthDate: '1985-11-20' });
const replaced: StoredRecord = { ...old, replacedBy: kept.identifier };
const feed = (...records: StoredRecord[]) => service.register.register('mercy', records, claimsOf('mercy'));
const waiting = () => service.reader.list({ statuses: ['open', 'proposed'], limit: 50 });

async function personOf({ identifier }: StoredRecord): Promise<string> {
  const [found] = await service.records.findByIdentifiers('mercy', [identifier]);
  return service.index.personOf(found?.entity.recordId ?? '') ?? '';
}

async function expectAgreement(): Promise<void> {
  const { byEvents, byTables } = await accountsOf(service);
  expect(byTables).toEqual(byEvents);
}

it('waits for two people, who join the persons; the old number then leads to the one, until that is taken back', async () => {
  await feed(old, kept);
  const [personId, survivorId] = [await personOf(old), await personOf(kept)];
  expect(personId).not.toBe(survivorId);
  expect(await feed(replaced)).toEqual(['changed']);
  expect(await feed(replaced)).toEqual(['unchanged']);
  expect(await personOf(old)).toBe(personId);
  const [review, ...others] = await waiting();
  expect(others).toEqual([]);
  expect(review).toMatchObject({ subject: 'link', reason: 'replaced', personId, candidates: [survivorId] });

  const word = { verdict: 'same', personId: survivorId, reason: 'the member says so' } as const;
  for (const one of [ada, bo]) await service.reviews.decide(review?.reviewId ?? '', word, one);
  expect(await personOf(old)).toBe(survivorId);
  expect(service.index.resolve(personId)?.personId).toBe(survivorId);
  const query = {
    ...{ operation: 'summary', kinds: [], stages: ['critical'] },
    patient: { demographics: { ...old.demographics, given: [], family: [], identifiers: [old.identifier] } },
    requester: { memberId: 'mercy', clientId: 'c' },
  };
  const { emit } = await service.identify.handle({ txn: randomUUID(), query: JSON.stringify(query) });
  expect((emit[0]?.body as PatientIdentified).identity).toMatchObject({ outcome: 'certain', personId: survivorId });
  expect(await feed(replaced)).toEqual(['unchanged']);
  expect(await waiting()).toEqual([]);

  await service.partings.unmerge(personId, 'two patients after all', ada);
  expect(await personOf(old)).toBe(personId);
  await feed(replaced);
  expect(await waiting()).toEqual([]);
  await expectAgreement();
});

it('asks nobody where both are one person’s already, in one message with the survivor too', async () => {
  const duplicate = { ...kept, identifier: old.identifier, replacedBy: kept.identifier };
  expect(await feed(kept, duplicate)).toEqual(['created', 'created']);
  const review = (await waiting()).map(({ reason }) => reason);
  expect([await personOf(duplicate), review]).toEqual([await personOf(kept), []]);
});

it('takes nothing in of a record that was replaced by one that was never fed', async () => {
  expect(await feed(replaced)).toEqual(['survivor-unknown']);
  expect(service.index.size).toBe(0);
  await feed(old);
  expect(await feed(replaced)).toEqual(['survivor-unknown']);
  expect((await service.records.findByIdentifiers('mercy', [old.identifier]))[0]?.content).toEqual(old);
});

it('is a question no longer once the member feeds the record as active again', async () => {
  await feed(old, kept);
  await feed(replaced);
  await feed(old);
  expect(await waiting()).toEqual([]);
  await expectAgreement();
  await feed(replaced);
  expect(await waiting()).toHaveLength(1);
});
