// What a member said of a patient before still tells who they are; what was another patient's is not kept.
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

const lowell = [{ street: '64 Pleasant Street', city: 'Lowell', state: 'MA', postalCode: '01852' }];
const providence = [{ street: '1109 Union Avenue', city: 'Providence', state: 'RI', postalCode: '02909' }];
const garcia = { given: ['Maria'], family: ['Garcia'], birthDate: '1985-05-05', addresses: lowell, phones: [] };
const lindqvist = { ...garcia, family: ['Lindqvist'], addresses: providence };
const feed = async (member: string, record: StoredRecord) =>
  (await service.register.register(member, [record], claimsOf(member)))[0];

async function stored(member: string, record: StoredRecord) {
  const [found] = await service.records.findByIdentifiers(member, [record.identifier]);
  if (found === undefined) throw new RangeError('The record was not registered.');
  return found;
}

it('a patient who has married and moved is found by the name and the address from before, after a restart too', async () => {
  await feed('mercy', fed('M-1', garcia));
  expect(await feed('mercy', fed('M-1', lindqvist))).toBe('changed');
  expect(await feed('mercy', fed('M-1', lindqvist))).toBe('unchanged');
  const { entity, content } = await stored('mercy', fed('M-1'));
  expect(content.former).toMatchObject({ names: [{ family: 'Garcia' }], addresses: lowell });
  expect(entity.content.toString('latin1')).not.toContain('Garcia');

  const restarted = await identityService(schema, { writes: false });
  for (const one of [service, restarted]) {
    const [match] = one.index.search({
      names: [{ given: 'Maria', family: 'Garcia' }],
      birthDates: ['1985-05-05'],
      addresses: lowell,
    }).matches;
    expect(match).toMatchObject({ personId: entity.personId, verdict: 'link' });
  }
  await restarted.close();
  expect(await feed('harbor', fed('H-1', garcia))).toBe('created');
  expect((await stored('harbor', fed('H-1'))).entity.personId).toBe(entity.personId);
  const { byEvents, byTables, happened } = await accountsOf(service);
  expect(byTables).toEqual(byEvents);
  expect(JSON.stringify(happened)).not.toMatch(/Garcia|Lindqvist|Pleasant/);
});

describe('a content that waits for a person', () => {
  const chidi = fed('M-1', {
    given: ['Chidi'],
    family: ['Okafor'],
    birthDate: '1950-02-03',
    sex: 'male',
    addresses: providence,
    phones: [],
  });

  it.each([
    ['same', 'keeps what the chart said before', true],
    ['different', 'is another patient’s, and nothing of the chart before is left behind', false],
  ] as const)('taken over as %s: %s', async (verdict, _does, isKept) => {
    await feed('mercy', fed('M-1', garcia));
    expect(await feed('mercy', chidi)).toBe('quarantined');
    const [review] = await service.reader.list({ statuses: ['open'], limit: 5 });
    await service.reviews.decide(review?.reviewId ?? '', { verdict, reason: 'called the desk' }, steward('ada'));
    const { former } = (await stored('mercy', chidi)).content;
    expect(former?.names).toEqual(isKept ? [{ given: ['Maria'], family: 'Garcia' }] : undefined);
    const found = service.index.search({
      names: [{ given: 'Maria', family: 'Garcia' }],
      birthDates: ['1985-05-05'],
      addresses: lowell,
    });
    expect(found.matches.some((match) => match.verdict === 'link')).toBe(isKept);
  });
});

it('a record that is withdrawn takes its former values along, and is known again by what was fed last', async () => {
  await feed('mercy', fed('M-1', garcia));
  await feed('mercy', fed('M-1', lindqvist));
  const { entity } = await stored('mercy', fed('M-1'));
  await service.retract.retract('mercy', fed('M-1').identifier, claimsOf('mercy'));
  expect(await feed('mercy', fed('M-1', lindqvist))).toBe('created');
  const again = await stored('mercy', fed('M-1'));
  expect(again.entity).toMatchObject({ recordId: entity.recordId, personId: entity.personId });
  expect(again.content.former).toBeUndefined();
});
