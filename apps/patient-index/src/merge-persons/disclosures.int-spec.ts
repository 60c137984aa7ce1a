// Who was told of two as one: every transaction, page by page, and where the ledger says what was released in it.
import type { ForwardedRequest } from '@hie/service-kit';
import { testSchema } from '@hie/testing-kit';

import {
  type IdentityService,
  claimsOf,
  fed,
  identityService,
  steward,
} from '../identity-store/identity-service.fixture.js';
import type { StoredRecord } from '../identity-store/stored-record.js';
import { type Disclosures, MOST_DISCLOSURES } from './disclosure-report.js';
import { PersonsController } from './persons.controller.js';

let schema: Awaited<ReturnType<typeof testSchema>>;
let service: IdentityService;
let controller: PersonsController;

beforeAll(async () => {
  schema = await testSchema();
  service = await identityService(schema);
  controller = new PersonsController(service.merges, service.partings, service.histories);
});
afterAll(async () => {
  await service.close();
  await schema.drop();
});

const [ada, bo] = [steward('ada'), steward('bo')];
const request = { claims: ada.claims } as unknown as ForwardedRequest;
const MANY = 2 * MOST_DISCLOSURES + 7;

async function feed(member: string, record: StoredRecord) {
  await service.register.register(member, [record], claimsOf(member));
  const [found] = await service.records.findByIdentifiers(member, [record.identifier]);
  const { recordId, personId } = found?.entity ?? { recordId: '', personId: '' };
  return { recordId, personId };
}

/** So many answers name the person, all at one moment and each alike for the database. */
async function name(personId: string): Promise<readonly string[]> {
  const { rows } = await schema.pool.query<{ txn: string }>(
    `insert into named_person (txn, person_id) select gen_random_uuid(), $1 from generate_series(1, $2) returning txn`,
    [personId, MANY],
  );
  return rows.map(({ txn }) => txn);
}

/** All pages, as somebody gets them who follows the links. */
async function allPages(first: Disclosures): Promise<readonly Disclosures[]> {
  const pages = [first];
  for (let { next } = first; next !== undefined; next = pages.at(-1)?.next) {
    const { pathname, searchParams } = new URL(next, 'https://hie.example');
    pages.push(await controller.read(pathname.split('/').at(-1) ?? '', Object.fromEntries(searchParams), request));
  }
  return pages;
}

function expectEach(pages: readonly Disclosures[], txns: readonly string[]): void {
  expect(pages.map(({ disclosures }) => disclosures.length)).toEqual([MOST_DISCLOSURES, MOST_DISCLOSURES, 7]);
  expect(pages.map(({ isComplete }) => isComplete)).toEqual([false, false, true]);
  const listed = pages.flatMap(({ disclosures }) => disclosures);
  expect(listed.map(({ txn }) => txn).toSorted()).toEqual(txns.toSorted());
  for (const { txn, ledger } of listed) expect(ledger).toBe(`/ledger/entries?txn=${txn}&action=answer.assembled`);
}

it('a merge that is taken back lists all of them', async () => {
  const a = await feed('mercy', fed('A', { given: ['Wanda'], family: ['Nowak'], birthDate: '1950-02-03' }));
  const b = await feed('harbor', fed('B', { given: ['Chidi'], family: ['Okafor'], birthDate: '1961-11-27' }));
  const reviewId = await service.merges.propose({ personId: b.personId, survivorId: a.personId, reason: 'r' }, ada);
  await service.reviews.decide(reviewId, { verdict: 'same', personId: a.personId, reason: 'r' }, bo);
  const txns = await name(a.personId);
  expectEach(await allPages(await service.partings.unmerge(b.personId, 'two cards', ada)), txns);
  expectEach(await allPages(await controller.read(b.personId, {}, request)), txns);
});

it('a record that is taken off lists those of its stay', async () => {
  const maeve = { given: ['Maeve'], family: ['Quinn'], birthDate: '1984-07-15' };
  const first = await feed('mercy', fed('M', maeve));
  const second = await feed('harbor', fed('H', maeve));
  expect(second.personId).toBe(first.personId);
  const txns = await name(first.personId);
  expectEach(await allPages(await service.partings.takeOff(second.recordId, 'another Maeve', ada)), txns);
});

it.each([{ after: 'x' }, { since: 'yesterday' }, { page: '2' }])('a page of nothing known is refused: %j', (query) => {
  const read = () => controller.read('00000000-0000-4000-8000-000000000000', query, request);
  expect(read).toThrow(expect.objectContaining({ code: 'invalid-parameter' }) as Error);
});
