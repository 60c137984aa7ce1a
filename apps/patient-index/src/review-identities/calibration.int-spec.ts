// What the calibration report counts: the pair that was decided about, and what turned out to be wrong.
import { testSchema } from '@hie/testing-kit';

import {
  type IdentityService,
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
const names = { given: ['Anna'], family: ['Nowak'], birthDate: '1950-02-03', phones: [], addresses: [] };
const detailed = (value: string, middle: string, ssn: string) =>
  fed(value, {
    ...names,
    given: ['Anna', middle],
    identifiers: [{ system: 'http://hl7.org/fhir/sid/us-ssn', value: ssn }],
  });

async function feed(member: string, record: StoredRecord) {
  await service.register.register(member, [record], claimsOf(member));
  const [found] = await service.records.findByIdentifiers(member, [record.identifier]);
  return { recordId: found?.entity.recordId ?? '', personId: found?.entity.personId ?? '' };
}

/** The decided pairs, likeliest first. */
async function decided() {
  const { rows } = await schema.pool.query<{ candidates: { personId: string; probability: number }[] }>(
    'select candidates from review',
  );
  const candidates = rows.flatMap((row) => row.candidates).toSorted((a, b) => b.probability - a.probability);
  const sums = (await service.reader.calibration()).flatMap(({ bands }) => bands);
  const total = (of: 'same' | 'different' | 'open') => sums.reduce((sum, band) => sum + band[of], 0);
  const expected = sums.reduce((sum, band) => sum + (band.expected ?? 0) * (band.same + band.different), 0);
  return { candidates, same: total('same'), different: total('different'), open: total('open'), expected };
}

/** A record of a bare name, which two people fit, of whom one fits better. */
async function rivals() {
  await feed('mercy', detailed('A', 'Elena', '219-09-9991'));
  await feed('harbor', detailed('B', 'Teresa', '078-05-1121'));
  await feed('vale', fed('C', { ...names, given: ['Anna', 'E'], sex: undefined }));
  const { candidates } = await decided();
  const [review] = await service.reader.list({ statuses: ['open'], limit: 5 });
  expect(candidates).toHaveLength(2);
  expect(candidates[0]?.probability).toBeGreaterThan(candidates[1]?.probability ?? 1);
  return { reviewId: review?.reviewId ?? '', candidates, personId: review?.personId ?? '' };
}

it('counts the candidate that was approved, and not the likeliest; and that it was another after all', async () => {
  const { reviewId, candidates, personId } = await rivals();
  expect(await decided()).toMatchObject({ same: 0, different: 0, open: 2 });
  const [, lesser] = candidates;
  const word = { verdict: 'same', personId: lesser?.personId ?? '', reason: 'r' } as const;
  for (const one of [ada, bo]) await service.reviews.decide(reviewId, word, one);
  const approved = await decided();
  expect(approved).toMatchObject({ same: 1, different: 0, open: 0 });
  expect(approved.expected).toBeCloseTo(lesser?.probability ?? 0);
  await service.partings.unmerge(personId, 'another Anna', ada);
  expect(await decided()).toMatchObject({ same: 0, different: 1, expected: approved.expected });
});

it('counts each candidate that was told apart', async () => {
  const { reviewId, candidates } = await rivals();
  await service.reviews.decide(reviewId, { verdict: 'different', reason: 'r' }, ada);
  const { different, expected } = await decided();
  expect(different).toBe(2);
  expect(expected).toBeCloseTo(candidates.reduce((sum, { probability }) => sum + probability, 0));
});

it('counts a link of the machine’s own that was taken off, with the probability that it was made by', async () => {
  await feed('mercy', detailed('A', 'Elena', '219-09-9991'));
  const { recordId } = await feed('harbor', detailed('B', 'Elena', '219-09-9991'));
  const { rows } = await schema.pool.query<{ probability: number }>(
    `select (details->>'probability')::float8 as probability from identity_event where kind = 'linked' and record_id = $1`,
    [recordId],
  );
  expect(await decided()).toMatchObject({ same: 0, different: 0 });
  await service.partings.takeOff(recordId, 'another Anna', ada);
  const { different, expected } = await decided();
  expect(different).toBe(1);
  expect(expected).toBeCloseTo(rows[0]?.probability ?? 0);
});
