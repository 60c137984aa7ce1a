// What a feed says and the machine does not act on: overlays, stand-ins, children without a name, the dead.
import { testSchema } from '@hie/testing-kit';

import {
  type IdentityService,
  accountsOf,
  claimsOf,
  fed,
  identityService,
  steward,
} from '../identity-store/identity-service.fixture.js';
import { asFed } from '../identity-store/former-values.js';
import { type StoredRecord, storedMatchRecord } from '../identity-store/stored-record.js';
import type { ReviewVerdict } from '../identity-store/identity-event.js';

let schema: Awaited<ReturnType<typeof testSchema>>;
let service: IdentityService;
const others: IdentityService[] = [];

beforeEach(async () => {
  schema = await testSchema();
  service = await identityService(schema);
});
afterEach(async () => {
  await Promise.all([service, ...others.splice(0)].map((each) => each.close()));
  await schema.drop();
});

/** Another process over the same database, as after a restart. */
async function another(): Promise<IdentityService> {
  const one = await identityService(schema);
  others.push(one);
  return one;
}

const ada = steward('ada');
const maria = fed('M-1', { given: ['Maria', 'Elena'], family: ['Garcia'], birthDate: '1985-05-05', sex: 'female' });
const chidi = fed('M-1', {
  given: ['Chidi'],
  family: ['Okafor'],
  birthDate: '1950-02-03',
  sex: 'male',
  phones: [],
  addresses: [],
});

const feed = async (member: string, record: StoredRecord) =>
  (await service.register.register(member, [record], claimsOf(member)))[0];
const waiting = () => service.reader.list({ statuses: ['open', 'proposed'], limit: 50 });

async function stored(member: string, record: StoredRecord) {
  const [found] = await service.records.findByIdentifiers(member, [record.identifier]);
  if (found === undefined) throw new RangeError('The record was not registered.');
  return { ...found, personId: service.index.personOf(found.entity.recordId) };
}

const isFound = (record: StoredRecord): boolean =>
  service.index.search(storedMatchRecord(record)).matches.some(({ verdict }) => verdict !== 'apart');

async function expectAgreement(): Promise<void> {
  const { byEvents, byTables } = await accountsOf(service);
  expect(byTables).toEqual(byEvents);
}

describe('a feed message that makes another patient of a record', () => {
  beforeEach(async () => {
    expect(await feed('mercy', maria)).toBe('created');
    expect(await feed('harbor', { ...maria, identifier: { system: 'urn:oid:2.999.2', value: 'H' } })).toBe('created');
    expect(await feed('mercy', chidi)).toBe('quarantined');
  });

  it('is put aside: the record, the index and the pointers stay as they were', async () => {
    expect((await stored('mercy', maria)).content).toEqual(maria);
    expect([isFound(maria), isFound(chidi)]).toEqual([true, false]);
    expect(service.announced).toHaveLength(2);
    const [review] = await waiting();
    expect(review).toMatchObject({
      subject: 'overlay',
      reason: 'overlay',
      recordId: (await stored('mercy', maria)).entity.recordId,
    });
    const dossier = await service.reader.read(review?.reviewId ?? '', ada);
    const family = dossier.candidates[0]?.fieldsSideBySide.find(({ field }) => field === 'family');
    expect(family).toEqual({ field: 'family', left: ['Garcia'], right: ['Okafor'], stands: 'different' });
    const suspected = (await accountsOf(service)).happened.find(({ kind }) => kind === 'overlay-suspected');
    expect(suspected?.details).toMatchObject({ reviewId: review?.reviewId, ...service.index.basis });
    expect(JSON.stringify((await accountsOf(service)).happened)).not.toMatch(/Garcia|Okafor|1985|1950-02/);
    const { rows } = await schema.pool.query<{ content: Buffer }>('select content from review');
    expect(rows[0]?.content.toString('latin1')).not.toContain('Okafor');
    await expectAgreement();
  });

  it('is not asked about twice, however often the feed repeats it', async () => {
    const events = (await accountsOf(service)).happened.length;
    expect(await feed('mercy', chidi)).toBe('quarantined');
    expect((await accountsOf(service)).happened).toHaveLength(events);
    const other = { ...chidi, demographics: { ...chidi.demographics, given: ['Chike'] } };
    expect(await feed('mercy', other)).toBe('quarantined');
    expect(await waiting()).toHaveLength(1);
    expect((await accountsOf(service)).happened).toHaveLength(events + 1);
  });

  it.each<[ReviewVerdict, string, boolean, boolean]>([
    ['reject', 'drops it', false, true],
    ['same', 'takes it over for the same person', true, true],
    ['different', 'takes it over as another patient’s, who stands alone', true, false],
  ])('%s %s', async (verdict, _does, takesOver, keepsPerson) => {
    const before = await stored('mercy', maria);
    const [review] = await waiting();
    const status = await service.reviews.decide(review?.reviewId ?? '', { verdict, reason: 'called the desk' }, ada);
    expect(status).toBe('decided');
    const after = await stored('mercy', maria);
    expect(asFed(after.content)).toEqual(takesOver ? chidi : maria);
    expect(after.personId === before.personId).toBe(keepsPerson);
    expect(isFound(chidi)).toBe(takesOver);
    const { rows } = await schema.pool.query('select 1 from review where content is not null');
    expect(rows).toEqual([]);
    if (!keepsPerson) {
      expect(service.announced.at(-1)).toMatchObject({ recordId: after.entity.recordId, personId: after.personId });
      expect(service.index.resolve(before.personId ?? '')?.formerRecordIds).toEqual([after.entity.recordId]);
    }
    await expectAgreement();
    const restarted = await another();
    expect(restarted.index.personOf(after.entity.recordId)).toBe(after.personId);
  });

  it('does not hold up what else the member says of the record', async () => {
    const moved = { ...maria, demographics: { ...maria.demographics, phones: ['617-555-0100'] } };
    expect(await feed('mercy', moved)).toBe('changed');
    expect(await waiting()).toHaveLength(1);
  });
});

describe('a stand-in for somebody unknown', () => {
  const known = { ...maria, identifier: { system: 'urn:oid:2.999.1', value: 'K-1' } };
  const doe = fed('D-1', { given: ['Jane'], family: ['Doe'], birthDate: '1985-05-05', sex: 'female' });

  it.each([
    ['by its name', doe],
    ['by the feed’s word', { ...maria, identifier: doe.identifier, temporary: true as const }],
  ])('is told %s, never linked, and joined by people once it is known', async (_how, record) => {
    await feed('mercy', known);
    await feed('harbor', record);
    const person = (await stored('mercy', known)).personId;
    const standIn = (await stored('harbor', record)).personId;
    expect(standIn).not.toBe(person);
    // The desk has found a card: the same number, the real name.
    const named = {
      identifier: doe.identifier,
      demographics: { ...maria.demographics, identifiers: [doe.identifier] },
    };
    expect(await feed('harbor', named)).toBe('changed');
    expect((await stored('harbor', named)).personId).toBe(standIn);
    const [review] = (await waiting()).filter(({ personId }) => personId === standIn);
    expect(review?.candidates).toEqual([person]);
    const word = { verdict: 'same', personId: person ?? '', reason: 'her card' } as const;
    await service.reviews.decide(review?.reviewId ?? '', word, ada);
    await service.reviews.decide(review?.reviewId ?? '', word, steward('bo'));
    expect((await stored('harbor', named)).personId).toBe(person);
    expect(service.index.resolve(standIn ?? '')?.personId).toBe(person);
    await expectAgreement();
  });

  it('does not make the way free for another patient’s name: neither over a known chart nor once its person is known', async () => {
    expect(await feed('mercy', maria)).toBe('created');
    const over = [
      { ...chidi, temporary: true as const },
      { ...maria, temporary: true as const },
      fed('M-1', { given: ['Jane'], family: ['Doe'], birthDate: undefined }),
    ];
    for (const content of over) {
      expect(await feed('mercy', content)).toBe('quarantined');
      expect((await stored('mercy', maria)).content).toEqual(maria);
    }
    expect(await feed('mercy', chidi)).toBe('quarantined');

    const nobody = { birthDate: undefined, sex: undefined, phones: [], addresses: [] };
    const unknown = fed('D-2', { given: ['Jane'], family: ['Doe'], ...nobody });
    await feed('harbor', unknown);
    const [person, standIn] = [await stored('mercy', maria), await stored('harbor', unknown)];
    const [personId, survivorId] = [standIn.personId ?? '', person.personId ?? ''];
    const reviewId = await service.merges.propose({ personId, survivorId, reason: 'her card' }, ada);
    const word = { verdict: 'same', personId: survivorId, reason: 'her card' } as const;
    await service.reviews.decide(reviewId, word, steward('bo'));
    expect(await feed('harbor', { ...chidi, identifier: unknown.identifier })).toBe('quarantined');
    const identified = { ...maria, identifier: unknown.identifier };
    expect(await feed('harbor', identified)).toBe('changed');
    await expectAgreement();
  });

  it('is nobody that another record is linked to', async () => {
    await feed('mercy', { ...maria, temporary: true });
    await feed('harbor', maria);
    expect((await stored('harbor', maria)).personId).not.toBe((await stored('mercy', maria)).personId);
    expect((await waiting()).map(({ reason }) => reason)).toEqual(['temporary-identity']);
  });
});

describe('a record', () => {
  it('of a living patient who fits a dead one waits for a person', async () => {
    await feed('mercy', { ...maria, deceased: true });
    await feed('harbor', maria);
    expect((await waiting()).map(({ reason }) => reason)).toEqual(['deceased']);
  });

  it('of a child without a name waits, and keeps its person when the child gets one', async () => {
    const child = { birthDate: '2026-01-05', phones: ['617-555-0143'] };
    const unnamed = fed('C-1', { ...child, given: ['Baby Girl'], family: ['Garcia'], sex: 'female' });
    await feed('mercy', unnamed);
    const { personId } = await stored('mercy', unnamed);
    expect(await feed('harbor', unnamed)).toBe('created');
    expect((await stored('harbor', unnamed)).personId).not.toBe(personId);
    expect((await waiting()).map(({ reason, candidates }) => ({ reason, candidates }))).toEqual([
      { reason: 'newborn', candidates: [personId] },
    ]);
    const named = fed('C-1', { ...child, given: ['Sofia'], family: ['Garcia'], sex: 'female' });
    expect(await feed('mercy', named)).toBe('changed');
    expect((await stored('mercy', named)).personId).toBe(personId);
  });
});
