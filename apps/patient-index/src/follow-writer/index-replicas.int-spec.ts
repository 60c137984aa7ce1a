// Several instances over one database: who writes, who follows, and what nobody loses when the writer changes.
import type { Demographics } from '@hie/contracts';
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
const running: IdentityService[] = [];

const instance = async (role: Parameters<typeof identityService>[1]): Promise<IdentityService> => {
  const service = await identityService(schema, role);
  running.push(service);
  return service;
};

beforeEach(async () => {
  schema = await testSchema();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()));
  await schema.drop();
});

const feed = (service: IdentityService, member: string, ...records: ReturnType<typeof fed>[]) =>
  service.register.register(member, records, claimsOf(member));
const chidi: Partial<Demographics> = {
  ...{ given: ['Chidi'], family: ['Okafor'], birthDate: '1950-02-03', sex: 'male', phones: [] },
};
const words = ['Adler', 'Bianchi', 'Cruz', 'Dvorak', 'Eriksen', 'Fontaine', 'Gruber', 'Hassan', 'Ivanova', 'Joshi'];
/** A person nothing like the others here. */
const other = (at: number): Partial<Demographics> => ({
  ...{
    given: [words[(at * 7) % 10] as string, words[at % 9] as string],
    family: [`${words[at % 10]}${'klmno'[(at / 10) | 0]}`],
  },
  ...{ birthDate: `19${50 + (at % 47)}-0${1 + (at % 9)}-1${at % 10}`, phones: [`${200 + at}-555-${1_000 + at * 37}`] },
  addresses: [
    { street: `${at * 13 + 1} ${words[at % 10]} Street`, city: 'Lowell', state: 'MA', postalCode: `0${1_800 + at}` },
  ],
});

async function expectAgreement(...services: readonly IdentityService[]): Promise<void> {
  for (const service of services) {
    const { byEvents, byTables } = await accountsOf(service);
    expect(byTables).toEqual(byEvents);
    expect(service.index.size).toBe(byEvents.records.size);
  }
}

/** Puts something else in a method's place. @returns what puts it back. */
function instead<T extends object, K extends keyof T>(whole: T, name: K, by: T[K]): () => void {
  const before = whole[name];
  whole[name] = by;
  return () => void (whole[name] = before);
}

/** What `$match` would find by a record's own content. */
const found = (service: IdentityService, family: string) =>
  service.index.search({ names: [{ given: 'Chidi', family }], birthDates: ['1950-02-03'] }).matches;

describe('an instance that follows', () => {
  it('has what the writer writes: new records, changed ones, merges, what is taken off, another model', async () => {
    const [writer, replica] = [await instance({}), await instance({ writes: false })];
    await feed(writer, 'mercy', fed('M-1'), fed('M-2', chidi));
    await feed(writer, 'harbor', fed('H-1'));
    await replica.freshness.confirm();
    await expectAgreement(writer, replica);

    await feed(writer, 'mercy', fed('M-2', { ...chidi, family: ['Okonkwo'] }));
    const [a, b] = [...(await accountsOf(writer)).byTables.persons.keys()] as [string, string];
    const reviewId = await writer.merges.propose({ personId: a, survivorId: b, reason: 'one' }, steward('ada'));
    await writer.reviews.decide(reviewId, { verdict: 'same', personId: b, reason: 'one' }, steward('bob'));
    const model = { ...writer.index.basis.thresholds };
    expect(found(replica, 'Okonkwo')[0]?.best?.explanation).not.toEqual(found(writer, 'Okonkwo')[0]?.best?.explanation);
    await replica.freshness.confirm();
    expect(found(replica, 'Okonkwo')).toEqual(found(writer, 'Okonkwo'));
    expect(replica.index.resolve(a)).toEqual(writer.index.resolve(a));
    expect(replica.index.survivorOf(a)).toBe(b);
    expect([writer.decisions.epoch, replica.decisions.epoch]).toEqual([1, 1]);
    expect(replica.index.basis.thresholds).toEqual(model);

    await writer.partings.unmerge(a, 'two', steward('ada'));
    const recordId = replica.index.recordsUnder(a).concat(replica.index.recordsUnder(b))[0] as string;
    await writer.partings.takeOff(recordId, 'not hers', steward('ada')).catch(() => undefined);
    await replica.freshness.confirm();
    expect(replica.index.survivorOf(a)).toBeUndefined();
    expect(writer.decisions.epoch).toBeGreaterThan(1);
    expect(replica.decisions.epoch).toBe(writer.decisions.epoch);
    await expectAgreement(writer, replica);
    // Whoever starts now counts as high, and whoever takes over does.
    const later = await instance({});
    expect(later.decisions.epoch).toBe(writer.decisions.epoch);
  });

  it('catches up before it answers, however much was written while it was built', async () => {
    const writer = await instance({});
    const begun = instance({ writes: false });
    for (let at = 0; at < 20; at += 1) await feed(writer, 'mercy', fed(`R-${at}`, other(at)));
    const replica = await begun;
    await replica.freshness.confirm();
    await expectAgreement(replica);
  });

  it('reads a member’s key that was made after its start', async () => {
    const [writer, replica] = [await instance({}), await instance({ writes: false })];
    await feed(writer, 'newcomer', fed('N-1'));
    await replica.freshness.confirm();
    expect(replica.index.size).toBe(1);
  });

  it('changes nothing', async () => {
    await instance({});
    const replica = await instance({ writes: false });
    await expect(feed(replica, 'mercy', fed('M-1'))).rejects.toMatchObject({ code: 'not-the-writer', status: 421 });
    expect(replica.index.size).toBe(0);
    expect((await accountsOf(replica)).happened).toEqual([]);
  });

  it('says that it is behind instead of answering, and answers when it no longer is', async () => {
    const [writer, replica] = [await instance({}), await instance({ writes: false, maxLagMs: 200 })];
    await feed(writer, 'mercy', fed('M-2', chidi));
    const query = {
      ...{ operation: 'match', kinds: [], stages: ['critical'], requester: { memberId: 'harbor', clientId: 'c' } },
      patient: { demographics: { ...fed('X').demographics, ...chidi, identifiers: [] } },
      match: { onlyCertain: false, count: 5 },
    };
    const ask = (service: IdentityService) =>
      service.identify.handle({ txn: crypto.randomUUID(), query: JSON.stringify(query) });
    await replica.freshness.confirm();
    // The tail is cut: whatever was committed is not seen.
    const mend = instead(replica.follower, 'step', () => Promise.resolve(false));
    await new Promise((resolve) => setTimeout(resolve, 250));
    await expect(ask(replica)).rejects.toMatchObject({ code: 'index-behind', retry: 'outage' });
    mend();
    const { emit } = await ask(replica);
    expect(emit[0]?.body).toMatchObject({ candidates: [{ demographics: { family: ['Okafor'] } }] });
  });
});

describe('another writer', () => {
  it('goes on where the first was, which can write no more and follows', async () => {
    const [first, second] = [await instance({}), await instance({ writes: false })];
    await feed(first, 'mercy', fed('M-1'));
    await second.takeSeat();
    // It has not heard of it yet.
    expect(first.seat.isTaken).toBe(true);
    await expect(feed(first, 'harbor', fed('H-1'))).rejects.toMatchObject({ code: 'not-the-writer' });
    expect(first.seat.isTaken).toBe(false);
    expect(await feed(second, 'harbor', fed('H-1'))).toEqual(['created']);
    await first.freshness.confirm();
    await expectAgreement(first, second);
    expect(second.index.basis).toEqual(first.index.basis);
  });

  it('waits for the transaction under way, and meets what it wrote', async () => {
    const [first, second] = [await instance({}), await instance({ writes: false })];
    const { promise: held, resolve: letGo } = Promise.withResolvers<undefined>();
    const run = first.unitOfWork.run.bind(first.unitOfWork);
    const { promise: isUnderWay, resolve: underWay } = Promise.withResolvers<undefined>();
    instead(first.unitOfWork, 'run', (work) =>
      run(async (transaction) => {
        const result = await work(transaction);
        underWay(undefined);
        await held;
        return result;
      }),
    );
    const feeding = feed(first, 'mercy', fed('M-1'));
    await isUnderWay;
    const taking = second.takeSeat();
    const isTaken = await Promise.race([taking.then(() => true), new Promise((done) => setTimeout(done, 300, false))]);
    expect(isTaken).toBe(false);
    letGo(undefined);
    await Promise.all([feeding, taking]);
    expect(second.index.size).toBe(1);
    expect(await feed(second, 'mercy', fed('M-1'))).toEqual(['unchanged']);
  });

  it('every few feeds, loses and doubles nothing of what two members feed of the same people at once', async () => {
    const services = [await instance({}), await instance({ writes: false })] as const;
    let writer = 0;
    const exchange = async (): Promise<void> => {
      for (let turn = 0; turn < 6; turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, 150));
        writer = 1 - writer;
        await services[writer as 0 | 1].takeSeat();
      }
    };
    /** As the gateway does: on to the next instance until one takes it. */
    const insist = async (member: string, at: number): Promise<void> => {
      for (let attempt = 0; ; attempt += 1) {
        const service = services[((attempt + at) % 2) as 0 | 1];
        const [outcome] = await Promise.allSettled([feed(service, member, fed(`${member}-${at}`, other(at)))]);
        if (outcome.status === 'fulfilled') return;
        expect(outcome.reason).toMatchObject({ code: 'not-the-writer' });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const feeding = Array.from({ length: 40 }, (_, at) => ['mercy', 'harbor'].map((member) => insist(member, at)));
    await Promise.all([exchange(), ...feeding.flat()]);
    await Promise.all(services.map((each) => each.freshness.confirm()));
    await expectAgreement(...services);
    const { byTables } = await accountsOf(services[0]);
    expect(byTables.records.size).toBe(80);
    // Both members' record of a person stand under one person each time: the second feed met the first's result.
    expect(new Set(byTables.owners.values()).size).toBe(40);
  }, 120_000);
});

describe('a commit whose answer is lost', () => {
  it('is read again before the next change, and neither lost nor doubled', async () => {
    const writer = await instance({});
    const run = writer.unitOfWork.run.bind(writer.unitOfWork);
    const mend = instead(writer.unitOfWork, 'run', async (work) => {
      await run(work);
      mend();
      throw new Error('Connection terminated');
    });
    await expect(feed(writer, 'mercy', fed('M-1'))).rejects.toThrow('Connection terminated');
    expect(writer.index.size).toBe(0);
    await writer.freshness.confirm();
    expect(writer.index.size).toBe(1);
    expect(await feed(writer, 'mercy', fed('M-1'))).toEqual(['unchanged']);
    expect(await feed(writer, 'harbor', fed('H-1'))).toEqual(['created']);
    await expectAgreement(writer);
    expect(new Set((await accountsOf(writer)).byTables.owners.values()).size).toBe(1);
  });
});
