// A record that reviewers moved is taken back through the doors: tables, index, replica and the locator's pointers are what they were.
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
let replica: IdentityService;

beforeEach(async () => {
  schema = await testSchema();
  service = await identityService(schema);
  replica = await identityService(schema, { writes: false });
});
afterEach(async () => {
  await Promise.all([service, replica].map((each) => each.close()));
  await schema.drop();
});

const [ada, bo] = [steward('ada'), steward('bo')];
const maria = { given: ['Maria', 'Elena'], family: ['Garcia'], birthDate: '1985-05-05' };

async function feed(member: string, record: StoredRecord) {
  await service.register.register(member, [record], claimsOf(member));
  const [found] = await service.records.findByIdentifiers(member, [record.identifier]);
  const { recordId, personId } = found?.entity ?? { recordId: '', personId: '' };
  return { recordId, personId };
}

/** Where the locator was told last that each record is. */
const pointers = () => new Map(service.announced.map(({ recordId, personId }) => [recordId, personId]));

async function everything() {
  await replica.freshness.confirm();
  const { byEvents, byTables, state } = await accountsOf(service);
  expect(byTables).toEqual(byEvents);
  const owners = (one: IdentityService) =>
    new Map([...byTables.records.keys()].map((id) => [id, one.index.personOf(id)]));
  expect(owners(replica)).toEqual(owners(service));
  expect([...pointers()].toSorted()).toEqual([...byTables.records].map(([id, row]) => [id, row.personId]).toSorted());
  const links = new Map([...state.records].map(([id, { link }]) => [id, link]));
  return { records: byTables.records, persons: byTables.persons, owners: owners(service), links };
}

it('a record moved by two and taken off by one is whose it was, under the link that it had', async () => {
  const [a, b] = [await feed('mercy', fed('A', maria)), await feed('harbor', { ...fed('B', maria), temporary: true })];
  const merge = await service.merges.propose({ personId: b.personId, survivorId: a.personId, reason: 'r' }, ada);
  await service.reviews.decide(merge, { verdict: 'same', personId: a.personId, reason: 'r' }, bo);
  const { recordId, personId } = await feed('vale', fed('C', maria));
  expect(personId).toBe(a.personId);
  await service.partings.unmerge(b.personId, 'two cards', ada);
  const before = await everything();
  expect(before.links.get(recordId)?.by).toBe('match');

  // It came while the two were one, and is one of two records of its person: two people move it alone.
  const [review] = (await service.reader.list({ statuses: ['open'], limit: 50 })).filter(
    (each) => each.recordId === recordId,
  );
  const word = { verdict: 'same', personId: b.personId, reason: 'hers' } as const;
  for (const one of [ada, bo]) await service.reviews.decide(review?.reviewId ?? '', word, one);
  expect((await everything()).owners.get(recordId)).toBe(b.personId);

  const parting = await service.partings.takeOff(recordId, 'not hers', ada);
  expect(parting).toMatchObject({ personId: a.personId, survivorId: b.personId, recordIds: [recordId] });
  expect(await everything()).toEqual(before);
  expect(service.decisions.areRefused(a.personId, b.personId)).toBe(true);
});
