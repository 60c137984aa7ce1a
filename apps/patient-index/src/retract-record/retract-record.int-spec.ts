// A member withdraws a record: it is gone everywhere, what people have decided stays, and the same fed again is what it was before.
import { testSchema } from '@hie/testing-kit';

import {
  type IdentityService,
  accountsOf,
  claimsOf,
  fed,
  identityService,
  steward,
} from '../identity-store/identity-service.fixture.js';

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

type Fed = ReturnType<typeof fed>;
const feed = (member: string, record: Fed) => service.register.register(member, [record], claimsOf(member));
const retract = (member: string, { identifier }: Fed) => service.retract.retract(member, identifier, claimsOf(member));
const stored = async (member: string, { identifier }: Fed) =>
  (await service.records.findByIdentifiers(member, [identifier]))[0]?.entity;

/** What the tables, the events, this index and a replica's say, but for the versions that count up. */
async function everything() {
  await replica.freshness.confirm();
  const { byEvents, byTables } = await accountsOf(service);
  expect(byTables).toEqual(byEvents);
  expect([...replica.index.recordIds()].toSorted()).toEqual([...service.index.recordIds()].toSorted());
  const records = [...byTables.records].map(([id, { personId, memberId }]) => [id, personId, memberId]);
  return { records: new Map(records.map((row) => [row[0], row])), owners: byTables.owners, size: service.index.size };
}

describe('a retraction', () => {
  const [mercy, harbor] = [fed('M-1'), fed('H-1')];

  it('takes one record off a person and leaves the other as it was', async () => {
    await feed('mercy', mercy);
    const before = await everything();
    await feed('harbor', harbor);
    const { recordId, personId } = (await stored('harbor', harbor)) ?? {};
    expect(await retract('harbor', harbor)).toBe(true);
    expect(await everything()).toEqual(before);
    expect(service.index.resolve(personId ?? '')).toEqual({
      personId,
      formerPersonIds: [],
      formerRecordIds: [recordId],
    });
    expect(replica.index.resolve(personId ?? '')).toEqual(service.index.resolve(personId ?? ''));
    const { rows } = await schema.pool.query('select 1 from source_record where record_id = $1', [recordId]);
    expect(rows).toEqual([]);
  });

  it('of a person’s only record leaves nobody to be found', async () => {
    await feed('mercy', mercy);
    const personId = (await stored('mercy', mercy))?.personId ?? '';
    await retract('mercy', mercy);
    await replica.freshness.confirm();
    for (const { index } of [service, replica]) {
      expect(index.resolve(personId)).toBeUndefined();
      expect(index.size).toBe(0);
    }
  });

  it('tells the record locator that the record has no person, and the ledger who lost it', async () => {
    await feed('mercy', mercy);
    const { recordId, personId } = (await stored('mercy', mercy)) ?? {};
    await retract('mercy', mercy);
    const told = service.announced.at(-1);
    expect(told).toMatchObject({ recordId, memberId: 'mercy', identifier: mercy.identifier });
    expect(told).not.toHaveProperty('personId');
    expect(service.audited.at(-1)).toEqual({ action: 'record.retracted', outcome: 'success', personId });
  });

  it('is taken back by feeding the same again, exactly, version apart', async () => {
    await feed('mercy', mercy);
    await feed('harbor', harbor);
    await feed('harbor', { ...harbor, demographics: { ...harbor.demographics, phones: ['617-555-0199'] } });
    const now = { ...harbor, demographics: { ...harbor.demographics, phones: ['617-555-0199'] } };
    const before = await everything();
    await retract('harbor', now);
    expect((await everything()).size).toBe(1);
    expect(await feed('harbor', now)).toEqual(['created']);
    expect(await everything()).toEqual(before);
    expect((await stored('harbor', now))?.version).toBe(3);
    expect(service.announced.at(-1)).toMatchObject({ recordId: (await stored('harbor', now))?.recordId });
    expect((await schema.pool.query('select 1 from retracted_record')).rowCount).toBe(0);
  });

  it('brings a lone patient back under the id that has been given out', async () => {
    await feed('mercy', mercy);
    const before = await stored('mercy', mercy);
    await retract('mercy', mercy);
    await feed('mercy', mercy);
    expect(await stored('mercy', mercy)).toMatchObject({ recordId: before?.recordId, personId: before?.personId });
  });

  it('makes of another content under the same identifier another record of whoever it fits', async () => {
    await feed('mercy', mercy);
    const before = await stored('mercy', mercy);
    await retract('mercy', mercy);
    const chidi = fed('M-1', {
      given: ['Chidi'],
      family: ['Okafor'],
      birthDate: '1950-02-03',
      sex: 'male',
      phones: [],
    });
    await feed('mercy', chidi);
    const after = await stored('mercy', chidi);
    expect(after?.recordId).not.toBe(before?.recordId);
    expect(after?.personId).not.toBe(before?.personId);
    await everything();
  });

  it('does not let the machine join again whom a person has parted', async () => {
    await feed('mercy', mercy);
    await feed('harbor', harbor);
    const joined = await stored('harbor', harbor);
    await service.partings.takeOff(joined?.recordId ?? '', 'another patient', steward('ada'));
    await retract('harbor', harbor);
    await feed('harbor', { ...harbor, demographics: { ...harbor.demographics, phones: ['617-555-0177'] } });
    expect((await stored('harbor', harbor))?.personId).not.toBe((await stored('mercy', mercy))?.personId);
    const { rows } = await schema.pool.query(`select reason from review where status = 'open'`);
    expect(rows).toEqual([{ reason: 'plausible' }]);
  });

  it('closes the reviews of the record, and their quarantined content goes', async () => {
    await feed('mercy', mercy);
    const overlay = fed('M-1', {
      given: ['Chidi'],
      family: ['Okafor'],
      birthDate: '1950-02-03',
      sex: 'male',
      phones: [],
    });
    expect(await feed('mercy', overlay)).toEqual(['quarantined']);
    await retract('mercy', mercy);
    const { rows } = await schema.pool.query<{ review_id: string }>('select review_id, status, content from review');
    expect(rows).toEqual([expect.objectContaining({ status: 'withdrawn', content: null })]);
    const decided = service.reviews.decide(rows[0]?.review_id ?? '', { verdict: 'same', reason: 'x' }, steward('ada'));
    await expect(decided).rejects.toMatchObject({ code: 'review-decided' });
    await everything();
  });

  it('of what is not there, or is another’s, changes nothing', async () => {
    await feed('mercy', mercy);
    const before = await everything();
    expect(await retract('mercy', harbor)).toBe(false);
    expect(await retract('harbor', mercy)).toBe(false);
    expect(await everything()).toEqual(before);
  });

  it('whose transaction fails leaves everything as it was', async () => {
    await feed('mercy', mercy);
    const before = await everything();
    await schema.pool.query(`alter table retracted_record add constraint nobody check (member_id <> 'mercy')`);
    await expect(retract('mercy', mercy)).rejects.toThrow();
    expect(await everything()).toEqual(before);
  });

  it('is known to an instance that starts later, while the locator may not have heard', async () => {
    await feed('mercy', mercy);
    await feed('harbor', harbor);
    const { recordId, personId } = (await stored('harbor', harbor)) ?? {};
    await retract('harbor', harbor);
    const later = await identityService(schema, { writes: false });
    expect(later.index.resolve(personId ?? '')?.formerRecordIds).toEqual([recordId]);
    await later.close();
  });
});
