// What the identity events add up to is what the tables and the index say.
import { testSchema } from '@hie/testing-kit';

import { type IdentityService, accountsOf, claimsOf, fed, identityService } from './identity-service.fixture.js';
import { replayIdentity } from './identity-state.js';

let schema: Awaited<ReturnType<typeof testSchema>>;
let service: IdentityService;
const others: IdentityService[] = [];

beforeAll(async () => {
  schema = await testSchema();
  service = await identityService(schema);
});
afterAll(async () => {
  await Promise.all([service, ...others.splice(0)].map((each) => each.close()));
  await schema.drop();
});

/** Another process over the same database, as after a restart. */
async function another(): Promise<IdentityService> {
  const one = await identityService(schema);
  others.push(one);
  return one;
}

const eventsOf = async (one: IdentityService) => (await accountsOf(one)).happened;

async function expectAgreement(one: IdentityService): Promise<void> {
  const { byEvents, byTables } = await accountsOf(one);
  expect(byEvents.records.size).toBeGreaterThan(0);
  expect(byTables).toEqual(byEvents);
  expect(one.index.size).toBe(byEvents.records.size);
}

describe('the identity events', () => {
  it('add up to the tables and the index, after feeds that create, change and link', async () => {
    const feed = (member: string, ...records: Parameters<typeof service.register.register>[1]) =>
      service.register.register(member, records, claimsOf(member));
    await feed(
      'mercy',
      fed('M-1'),
      fed('M-2', { given: ['Chidi'], family: ['Okafor'], birthDate: '1950-02-03', sex: 'male' }),
    );
    await feed('harbor', fed('H-1'));
    await feed('mercy', fed('M-1', { phones: ['617-555-0199'] }));
    const state = replayIdentity(await eventsOf(service));
    expect([...state.records.values()].map(({ version }) => version).sort()).toEqual([1, 1, 2]);
    expect(state.persons.size).toBe(2);
    await expectAgreement(service);
  });

  it('name for every link the model and the thresholds that made it', async () => {
    const links = (await eventsOf(service)).filter(({ kind }) => kind === 'linked');
    expect(links).toHaveLength(3);
    for (const { details } of links) expect(details).toMatchObject({ ...service.index.basis });
    expect(links.map(({ details }) => (details as { by: string }).by).sort()).toEqual([
      'match',
      'new-person',
      'new-person',
    ]);
  });

  it('let the links of an earlier moment be rebuilt', async () => {
    const all = await eventsOf(service);
    const until = all.findLastIndex(({ kind }) => kind === 'record-registered');
    const before = replayIdentity(all.slice(0, until));
    expect(before.records.size).toBe(2);
    expect([...before.records.values()].every(({ link }) => link?.by === 'new-person')).toBe(true);
  });
});

describe('two feeds that touch the same person at once', () => {
  it.each(Array.from({ length: 5 }, (_, at) => at))('meet each other’s result (%i)', async (at) => {
    const person = {
      given: ['Maeve', `Q${at}`],
      family: [`Quinn${'abcde'[at]}`],
      birthDate: `1984-07-1${at}`,
      phones: [],
    };
    const members = ['mercy', 'harbor', 'ridge', 'vale'];
    await Promise.all(
      members.map((member) => service.register.register(member, [fed(`R-${at}`, person)], claimsOf(member))),
    );
    const { rows } = await schema.pool.query<{ person_id: string }>(
      `select person_id from identity_event where kind = 'linked' order by seq desc limit ${members.length}`,
    );
    expect(new Set(rows.map((row) => row.person_id)).size).toBe(1);
    await expectAgreement(service);
  });
});

describe('two feeds at once', () => {
  it('of one new record make one of it', async () => {
    const content = fed('S-1', { given: ['Wanda'], family: ['Nowak'], birthDate: '1950-02-03' });
    const feeds = [1, 2, 3].map(() => service.register.register('mercy', [content], claimsOf('mercy')));
    expect((await Promise.all(feeds)).flat()).toEqual(['created', 'unchanged', 'unchanged']);
    await expectAgreement(service);
  });

  it('leave nothing of the one whose transaction fails: no event, nothing in the index, nobody the other is linked to', async () => {
    const person = { given: ['Jane'], family: ['Roe'], birthDate: '1972-01-08' };
    const size = service.index.size;
    await schema.pool.query('alter table source_record add constraint nobody check (member_id <> $$closed$$)');
    const feeds = ['closed', 'mercy'].map((each) =>
      service.register.register(each, [fed('C-1', person)], claimsOf(each)),
    );
    const [failed, stored] = await Promise.allSettled(feeds);
    await schema.pool.query('alter table source_record drop constraint nobody');
    expect([failed?.status, stored?.status]).toEqual(['rejected', 'fulfilled']);
    expect(service.index.size).toBe(size + 1);
    await expectAgreement(service);
  });
});

describe('another process', () => {
  it('has the same identities before it is ready', async () => {
    const second = await another();
    await expectAgreement(second);
    expect(second.index.size).toBe(service.index.size);
  });
});
