// What releasing services are told when people part and join persons, and under which number a query was identified (ATTACKS B11).
import { randomUUID } from 'node:crypto';

import type { PatientIdentified, QueryRequested } from '@hie/contracts';
import { testSchema } from '@hie/testing-kit';

import { type IdentityService, claimsOf, fed, identityService, steward } from './identity-service.fixture.js';

const [ada, bo] = [steward('ada'), steward('bo')];
let schema: Awaited<ReturnType<typeof testSchema>>;
let service: IdentityService;
const opened: IdentityService[] = [];

beforeAll(async () => {
  schema = await testSchema();
  service = await another();
});
afterAll(async () => {
  await Promise.all(opened.map((each) => each.close()));
  await schema.drop();
});

async function another(): Promise<IdentityService> {
  const one = await identityService(schema);
  opened.push(one);
  return one;
}

async function recordOf(member: string, given: string, family: string, birthDate: string) {
  const record = fed(`S-${randomUUID()}`, { given: [given], family: [family], birthDate, phones: [], addresses: [] });
  await service.register.register(member, [record], claimsOf(member));
  const [found] = await service.records.findByIdentifiers(member, [record.identifier]);
  const recordId = found?.entity.recordId ?? '';
  return { recordId, personId: service.index.personOf(recordId) ?? '' };
}

/** Under which number somebody is identified now, and by which ids. */
async function identified(personId: string, by = service) {
  const patient = { personId };
  const requester = { memberId: 'mercy', clientId: 'c' };
  const query = JSON.stringify({ operation: 'summary', kinds: [], stages: ['critical'], patient, requester });
  const { emit } = await by.identify.handle({ txn: randomUUID(), query } satisfies QueryRequested);
  const { identityEpoch, identity } = emit[0]?.body as PatientIdentified;
  if (identity.outcome !== 'certain') throw new RangeError('Nobody was identified.');
  return { epoch: identityEpoch ?? -1, ids: [identity.personId, ...identity.formerPersonIds] };
}

/** Whether a query that was identified so is out of date by what was told since. */
const isStale = ({ epoch, ids }: Awaited<ReturnType<typeof identified>>): boolean =>
  service.moved.some((told) => ids.includes(told.personId) && told.epoch > epoch);

async function merge(personId: string, survivorId: string): Promise<void> {
  const reviewId = await service.merges.propose({ personId, survivorId, reason: 'one card' }, ada);
  await service.reviews.decide(reviewId, { verdict: 'same', personId: survivorId, reason: 'seen' }, bo);
}

it('makes whatever was identified before a merge or its end out of date, on both sides, and nobody else', async () => {
  const [a, b, other] = [
    await recordOf('mercy', 'Tamsin', 'Oddfellow', '1951-02-03'),
    await recordOf('harbor', 'Leocadia', 'Brunnhuber', '1977-08-19'),
    await recordOf('vale', 'Perpetua', 'Zschokke', '1990-11-27'),
  ];
  const before = [await identified(a.personId), await identified(b.personId), await identified(other.personId)];
  expect(before.map(isStale)).toEqual([false, false, false]);
  await merge(b.personId, a.personId);
  expect(before.map(isStale)).toEqual([true, true, false]);

  const together = await identified(b.personId);
  expect(together.ids).toEqual([a.personId, b.personId]);
  expect(isStale(together)).toBe(false);
  await service.partings.unmerge(b.personId, 'two people', bo);
  expect([isStale(together), isStale(before[2] as typeof together)]).toEqual([true, false]);
  expect([await identified(a.personId), await identified(b.personId)].map(isStale)).toEqual([false, false]);
});

it('makes it out of date when a record is taken off', async () => {
  const kept = await recordOf('mercy', 'Ottoline', 'Quarrington', '1963-05-06');
  const off = await recordOf('harbor', 'Ottoline', 'Quarrington', '1963-05-06');
  if (off.personId !== kept.personId) await merge(off.personId, kept.personId);
  const before = await identified(kept.personId);
  await service.partings.takeOff(off.recordId, 'not hers', bo);
  expect(isStale(before)).toBe(true);
  expect(isStale(await identified(kept.personId))).toBe(false);
});

it('counts on after a restart', async () => {
  const a = await recordOf('mercy', 'Wilhelmina', 'Ashgrove', '1940-12-24');
  const { epoch } = await identified(a.personId);
  expect(epoch).toBeGreaterThan(0);
  expect((await identified(a.personId, await another())).epoch).toBe(epoch);
});
