// What people decide about identities, over a real database: reviews, merges by two, unmerges, and what the machine may not undo.
import { createHash, randomUUID } from 'node:crypto';

import type { PersonMerged, QueryRequested } from '@hie/contracts';
import { GroupCommitter } from '@hie/persistence';
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
const others: IdentityService[] = [];
let count = 0;

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
  const one = await identityService(schema, { writes: false });
  others.push(one);
  return one;
}

const [ada, bo] = [steward('ada'), steward('bo')];
const feed = (member: string, record: StoredRecord) => service.register.register(member, [record], claimsOf(member));

/** Feeds one record and says which it became, and whose. */
async function recordOf(member: string, record: StoredRecord) {
  await feed(member, record);
  const [found] = await service.records.findByIdentifiers(member, [record.identifier]);
  const { recordId } = found?.entity ?? {};
  if (recordId === undefined) throw new RangeError('The record was not registered.');
  return { recordId, personId: service.index.personOf(recordId) ?? '' };
}

/** A name and a date of birth that nobody else here has, nor anything like them. */
function stranger() {
  const digest = createHash('sha256')
    .update(String((count += 1)))
    .digest();
  const word = (from: number) =>
    [0, 2, 4]
      .map((at) => `${'bdfgklmnprstvz'[(digest[from + at] ?? 0) % 14]}${'aeiou'[(digest[from + at + 1] ?? 0) % 5]}`)
      .join('');
  const birthDate = `${1930 + ((digest[20] ?? 0) % 70)}-0${1 + ((digest[21] ?? 0) % 9)}-${10 + ((digest[22] ?? 0) % 18)}`;
  return { given: [word(0)], family: [word(8)], birthDate };
}

const someone = (over: Parameters<typeof fed>[1] = {}) =>
  fed(`V-${(count += 1)}`, { ...stranger(), phones: [], addresses: [], ...over });

async function expectAgreement(): Promise<void> {
  const { byEvents, byTables } = await accountsOf(service);
  expect(byTables).toEqual(byEvents);
}

async function merged(personId: string, survivorId: string): Promise<string> {
  const reviewId = await service.merges.propose({ personId, survivorId, reason: 'one card, two names' }, ada);
  await service.reviews.decide(reviewId, { verdict: 'same', personId: survivorId, reason: 'seen the card' }, bo);
  return reviewId;
}

/** Asks by the exchange's own id, and stores what is stored with an answer. */
async function asked(personId: string) {
  const txn: string = randomUUID();
  const query = {
    operation: 'summary',
    kinds: [],
    stages: ['critical'],
    patient: { personId },
    requester: { memberId: 'mercy', clientId: 'c' },
  };
  const { emit, effect } = await service.identify.handle({
    txn,
    query: JSON.stringify(query),
  } satisfies QueryRequested);
  const unit = { msgId: randomUUID(), part: 'main', topic: 't', partition: 0, offset: '1', outputs: [] };
  await new GroupCommitter(schema.pool).commit(unit, effect);
  return { txn, identity: (emit[0]?.body as { identity: object }).identity };
}

describe('a merge', () => {
  it('takes two people: the proposer can not approve', async () => {
    const [a, b] = [await recordOf('mercy', someone()), await recordOf('harbor', someone())];
    const proposal = { personId: b.personId, survivorId: a.personId, reason: 'r' };
    const reviewId = await service.merges.propose(proposal, ada);
    await expect(service.merges.propose(proposal, ada)).rejects.toMatchObject({ code: 'merge-already-proposed' });
    const word = { verdict: 'same', personId: a.personId, reason: 'r' } as const;
    await expect(service.reviews.decide(reviewId, word, ada)).rejects.toMatchObject({ code: 'second-person-needed' });
    expect(service.index.personOf(b.recordId)).toBe(b.personId);
    expect(await service.reviews.decide(reviewId, word, bo)).toBe('decided');
    expect(service.index.personOf(b.recordId)).toBe(a.personId);
    const event = (await accountsOf(service)).happened.find(
      ({ kind, personId }) => kind === 'merged' && personId === b.personId,
    );
    expect(event?.details).toMatchObject({ survivorId: a.personId, proposedBy: 'ada', approvedBy: 'bo', reviewId });
    expect(service.audited.filter(({ action }) => action === 'persons.merged').map(({ personId }) => personId)).toEqual(
      [b.personId, a.personId],
    );
    await expectAgreement();
  });

  it('answers a look-up by the merged id with the survivor, through chains and after a restart', async () => {
    const [a, b, c] = [
      await recordOf('mercy', someone()),
      await recordOf('harbor', someone()),
      await recordOf('vale', someone()),
    ];
    await merged(c.personId, b.personId);
    await merged(b.personId, a.personId);
    const restarted = await another();
    for (const one of [service, restarted]) {
      expect(one.index.resolve(c.personId)).toMatchObject({
        personId: a.personId,
        formerPersonIds: [b.personId, c.personId],
      });
    }
    expect((await asked(c.personId)).identity).toMatchObject({ outcome: 'certain', personId: a.personId });
  });

  it('is told to the ledger with all that was before, of whoever was merged before too, and anew by each writer', async () => {
    const [a, b, c] = [
      await recordOf('mercy', someone()),
      await recordOf('harbor', someone()),
      await recordOf('vale', someone()),
    ];
    await merged(c.personId, b.personId);
    await merged(b.personId, a.personId);
    const moved = service.merged.slice(-2);
    expect(moved.map(({ personId, stoodUnder }) => [personId, stoodUnder.map((each) => each.personId)])).toEqual([
      [b.personId, [a.personId]],
      [c.personId, [b.personId, a.personId]],
    ]);
    await service.partings.unmerge(b.personId, 'two cards', ada);
    const [parted] = service.merged.slice(-2);
    expect(parted?.stoodUnder).toEqual([{ ...moved[0]?.stoodUnder[0], until: expect.any(String) as string }]);
    const next = await another();
    await next.takeSeat();
    const told = ({ stoodUnder }: PersonMerged) => stoodUnder;
    const [before, after] = [service, next].map(({ merged: all }) =>
      all.filter(({ personId }) => personId === c.personId).at(-1),
    );
    expect(after && told(after)).toEqual(before && told(before));
    await service.takeSeat();
  });

  it.each([
    ['into itself', 'same-person'],
    ['of nobody', 'person-unknown'],
    ['of somebody merged already', 'person-merged'],
  ] as const)('%s is refused', async (_name, code) => {
    const [a, b] = [await recordOf('mercy', someone()), await recordOf('harbor', someone())];
    if (code === 'person-merged') await merged(b.personId, a.personId);
    const ids = {
      'same-person': [a, a],
      'person-unknown': [{ personId: randomUUID() }, a],
      'person-merged': [b, a],
    } as const;
    const [of, into] = ids[code];
    const proposing = service.merges.propose({ personId: of.personId, survivorId: into.personId, reason: 'r' }, ada);
    await expect(proposing).rejects.toMatchObject({ code });
  });
});

describe('an unmerge', () => {
  it('restores persons, links and what an answer is made of, and lists who was told meanwhile', async () => {
    const [a, b] = [await recordOf('mercy', someone()), await recordOf('harbor', someone())];
    const before = await accountsOf(service);
    const early = await asked(a.personId);
    await merged(b.personId, a.personId);
    const [told, toldByOldId] = [await asked(a.personId), await asked(b.personId)];
    expect(told.identity).toMatchObject({ personId: a.personId, formerPersonIds: [b.personId] });
    // The margin is wider than this test: what came just before is listed too.
    const parting = await service.partings.unmerge(b.personId, 'two cards after all', ada);
    expect(parting).toMatchObject({
      personId: b.personId,
      survivorId: a.personId,
      recordIds: [b.recordId],
      isComplete: true,
    });
    const listed = parting.disclosures.map(({ txn }) => txn);
    expect(listed).toEqual(expect.arrayContaining([told.txn, toldByOldId.txn]));
    expect(listed.filter((txn) => ![told.txn, toldByOldId.txn, early.txn].includes(txn))).toEqual([]);
    const after = await accountsOf(service);
    for (const each of ['records', 'persons', 'owners'] as const)
      expect(after.byTables[each]).toEqual(before.byTables[each]);
    expect((await asked(a.personId)).identity).toEqual({
      outcome: 'certain',
      personId: a.personId,
      formerPersonIds: [],
    });
    expect((await asked(b.personId)).identity).toMatchObject({ personId: b.personId });
    await expectAgreement();
  });

  it('asks again about what was linked while the two were one', async () => {
    const desk = { given: ['Maria'], family: ['Garcia'], birthDate: '1985-05-05' };
    const full = {
      ...desk,
      given: ['Maria', 'Elena'],
      addresses: [{ street: '64 Pleasant Street', postalCode: '01852' }],
    };
    const content = someone({
      ...full,
      identifiers: [{ system: 'http://hl7.org/fhir/sid/us-ssn', value: '219-09-3141' }],
    });
    // A stand-in's record is not linked by the machine.
    const [a, b] = [await recordOf('mercy', content), await recordOf('harbor', { ...someone(desk), temporary: true })];
    expect(b.personId).not.toBe(a.personId);
    await merged(b.personId, a.personId);
    const meanwhile = await recordOf('vale', { ...content, identifier: { system: 'urn:oid:2.999.2', value: 'V' } });
    expect(meanwhile.personId).toBe(a.personId);
    const { linkedMeanwhile } = await service.partings.unmerge(b.personId, 'r', ada);
    expect(linkedMeanwhile).toEqual([meanwhile.recordId]);
    const waiting = await service.reader.list({ statuses: ['open'], limit: 200 });
    expect(waiting.find(({ recordId }) => recordId === meanwhile.recordId)).toMatchObject({
      reason: 'linked-while-merged',
    });
    const reviewId = waiting.find(({ recordId }) => recordId === meanwhile.recordId)?.reviewId ?? '';
    await service.reviews.decide(reviewId, { verdict: 'same', personId: b.personId, reason: 'r' }, ada);
    await service.reviews.decide(reviewId, { verdict: 'same', personId: b.personId, reason: 'r' }, bo);
    expect(service.index.personOf(meanwhile.recordId)).toBe(b.personId);
    expect(service.announced.at(-1)).toMatchObject({ recordId: meanwhile.recordId, personId: b.personId });
    expect((await asked(a.personId)).identity).toMatchObject({ formerRecordIds: [meanwhile.recordId] });
    await expectAgreement();
  });
});

describe('a record taken off its person', () => {
  it('stands alone, its pointer is told, and the machine never brings it back', async () => {
    const content = someone({ phones: ['617-555-0188'] });
    const first = await recordOf('mercy', content);
    const second = await recordOf('harbor', content);
    expect(second.personId).toBe(first.personId);
    const { personId, disclosures } = await service.partings.takeOff(second.recordId, 'another Chidi', ada);
    expect(disclosures).toEqual([]);
    expect(service.announced.at(-1)).toMatchObject({ recordId: second.recordId, personId });
    expect((await asked(first.personId)).identity).toMatchObject({ formerRecordIds: [second.recordId] });
    const opened = (await service.reader.list({ statuses: ['open', 'proposed'], limit: 200 })).length;
    await feed('harbor', { ...content, demographics: { ...content.demographics, phones: ['617-555-0199'] } });
    expect(service.index.personOf(second.recordId)).toBe(personId);
    expect(service.decisions.areRefused(first.personId, personId)).toBe(true);
    expect(await service.reader.list({ statuses: ['open', 'proposed'], limit: 200 })).toHaveLength(opened);
    const alone = service.partings.takeOff(second.recordId, 'r', ada);
    await expect(alone).rejects.toMatchObject({ code: 'record-alone' });
    await expectAgreement();
  });
});

describe('the ledger, which anybody may read', () => {
  it('is told of persons by nothing but what it turns into a keyed hash', async () => {
    const { state } = await accountsOf(service);
    const told = service.audited.map(({ personId: _hashed, ...facts }) => JSON.stringify(facts)).join('\n');
    expect(told).toMatch(/persons.merged/);
    for (const id of [...state.persons.keys(), ...state.records.keys()]) expect(told).not.toContain(id);
  });
});

describe('the review queue', () => {
  /** Two people whom a bare name and date of birth fit alike, and the record of that name. */
  async function rivals() {
    const names = { ...stranger(), given: ['Anna'] };
    const detailed = (middle: string, street: string, ssn: string) =>
      someone({
        ...names,
        given: ['Anna', middle],
        addresses: [{ street, postalCode: '01852' }],
        identifiers: [{ system: 'http://hl7.org/fhir/sid/us-ssn', value: ssn }],
      });
    const a = await recordOf('mercy', detailed('Elena', '64 Pleasant Street', '219-09-9991'));
    const b = await recordOf('harbor', detailed('Teresa', '1109 Union Avenue', '078-05-1121'));
    const c = await recordOf('vale', someone(names));
    const waiting = await service.reader.list({ statuses: ['open'], limit: 200 });
    const review = waiting.find(({ recordId }) => recordId === c.recordId);
    return { a, b, c, review, reviewId: review?.reviewId ?? '' };
  }

  it('holds what the machine was unsure of, with bits, posteriors and both records side by side', async () => {
    const { a, b, c, review, reviewId } = await rivals();
    expect(review).toMatchObject({ subject: 'link', status: 'open', personId: c.personId });
    expect([...(review?.candidates ?? [])].sort()).toEqual([a.personId, b.personId].sort());
    const { candidates } = await service.reader.read(reviewId, ada);
    for (const { fields, posterior, fieldsSideBySide } of candidates) {
      expect(fields?.map(({ field }) => field)).toEqual(expect.arrayContaining(['given', 'family', 'birthDate']));
      expect(Object.values(posterior ?? {}).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1);
      expect(fieldsSideBySide.find(({ field }) => field === 'birthDate')?.stands).toBe('same');
    }
    expect(service.audited.at(-1)).toMatchObject({ action: 'review.read', details: { reviewId } });
  });

  it('joins by two words, and the record’s old id leads to the person for ever', async () => {
    const { a, c, reviewId } = await rivals();
    const word = { verdict: 'same', personId: a.personId, reason: 'called her' } as const;
    expect(await service.reviews.decide(reviewId, word, ada)).toBe('proposed');
    expect(service.index.personOf(c.recordId)).toBe(c.personId);
    expect(await service.reviews.decide(reviewId, word, bo)).toBe('decided');
    expect(service.index.resolve(c.personId)?.personId).toBe(a.personId);
    await expect(service.reviews.decide(reviewId, word, ada)).rejects.toMatchObject({ code: 'review-decided' });
    await expectAgreement();
  });

  it('keeps apart what one person has parted, for the machine too', async () => {
    const { a, b, c, reviewId } = await rivals();
    expect(await service.reviews.decide(reviewId, { verdict: 'different', reason: 'another Anna' }, ada)).toBe(
      'decided',
    );
    for (const { personId } of [a, b]) expect(service.decisions.areRefused(c.personId, personId)).toBe(true);
    const restarted = await another();
    expect(restarted.decisions.areRefused(c.personId, a.personId)).toBe(true);
    await expectAgreement();
  });

  it('counts decisions for the calibration report, and leaves the model alone', async () => {
    const version = service.index.modelVersion;
    const [report] = await service.reader.calibration();
    const sum = (of: 'same' | 'different') => report?.bands.reduce((total, band) => total + band[of], 0) ?? 0;
    expect(report?.modelVersion).toBe(version);
    expect(sum('same')).toBeGreaterThan(0);
    expect(sum('different')).toBeGreaterThan(0);
    expect(service.index.modelVersion).toBe(version);
  });
});
