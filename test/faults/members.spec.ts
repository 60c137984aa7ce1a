// Members that fail in every way: each is named in the answer for what it did, and no fault of one takes the others' answers away.
import type { Story } from '@hie/population';

import { type ArrivalAnswer, askOnArrival } from '@hie/local-exchange';
import { request } from 'undici';

import { emrOf, eventually } from '../support/doors.js';
import { type MemberFaults, setFaults } from '../support/member-faults.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

/** Holds the anaphylaxis of the lead story; Harborview holds the warfarin. */
const FAULTY = 'saint-brigid';
/** Longer than a breaker stays open. */
const RECOVERED_WITHIN_MS = 30_000;

describe('a member', () => {
  let exchange: SharedExchange;
  let story: Story;
  beforeAll(async () => {
    exchange = sharedExchange();
    story = await leadStory(exchange);
  });
  /** Every fault is taken away, and each member has answered since: a breaker that had counted failures has forgotten them. */
  afterEach(async () => {
    for (const { id } of exchange.hospitals) await setFaults(exchange, id, undefined);
    await eventually(async () => {
      const { coverage } = await arrive();
      return coverage.every(({ status }) => status === 'answered' || status === 'not-asked') ? true : undefined;
    }, RECOVERED_WITHIN_MS);
  }, 60_000);
  afterAll(() => exchange.close());

  const arrive = async (): Promise<ArrivalAnswer> =>
    askOnArrival(exchange, emrOf(exchange, story), {
      patient: await arrivingPatient(exchange, story),
    });
  const rowOf = ({ coverage }: ArrivalAnswer, memberId: string) => {
    const row = coverage.find((each) => each.memberId === memberId);
    return [row?.status, row?.reason];
  };
  const told = ({ cards }: ArrivalAnswer) => cards.map(({ summary, detail }) => `${summary}\n${detail}`).join('\n');
  const expectTheOthers = (answer: ArrivalAnswer): void => {
    expect(rowOf(answer, 'harborview')).toEqual(['answered', 'complete']);
    expect(told(answer)).toMatch(/warfarin/i);
    expect(told(answer)).not.toMatch(/penicillin/i);
    expect(told(answer)).not.toMatch(/^No known allerg/im);
  };

  it.each<[string, MemberFaults, status: string, reason: string]>([
    ['answers 500', { status: 500 }, 'failed', 'error-status'],
    ['sends JSON that ends in the middle', { malformedJson: true }, 'failed', 'malformed-answer'],
    ['resets the connection in the body', { resetMidBody: true }, 'failed', 'connection-failed'],
    ['sends another patient’s records', { wrongPatient: true }, 'failed', 'wrong-patient'],
    ['refuses connections', { dead: 'refuse' }, 'failed', 'connection-failed'],
    ['takes connections and never answers', { dead: 'hang' }, 'timed-out', 'deadline-passed'],
  ])('that %s is named, and the others’ answers are there', async (_name, faults, status, reason) => {
    await setFaults(exchange, FAULTY, faults);
    const answer = await arrive();
    expect(rowOf(answer, FAULTY)).toEqual([status, reason]);
    expectTheOthers(answer);
  });

  it('that sends everything twice is told once', async () => {
    await setFaults(exchange, FAULTY, { duplicates: true });
    const answer = await arrive();
    expect(rowOf(answer, FAULTY)).toEqual(['answered', 'complete']);
    const severe = answer.cards.filter(({ source }) => source.topic?.code === 'severe-allergy');
    expect(severe.map(({ summary }) => summary)).toEqual([expect.stringMatching(/penicillin/i)]);
    expect(told(answer)).toMatch(/warfarin/i);
  });

  it('that comes and goes is told while it is there and named while it is not', async () => {
    await setFaults(exchange, FAULTY, { flapping: { upMs: 2_500, downMs: 2_500 } });
    const seen = new Map<string, ArrivalAnswer>();
    await eventually(async () => {
      const answer = await arrive();
      seen.set(rowOf(answer, FAULTY).join(' '), answer);
      return seen.has('answered complete') && seen.has('failed connection-failed') ? true : undefined;
    }, RECOVERED_WITHIN_MS);
    expect(told(seen.get('answered complete') as ArrivalAnswer)).toMatch(/penicillin/i);
    expectTheOthers(seen.get('failed connection-failed') as ArrivalAnswer);
  }, 60_000);

  it('that goes on failing is not asked any more, and is named for that, until it was given time', async () => {
    await setFaults(exchange, FAULTY, { status: 500 });
    const open = await eventually(async () => {
      const answer = await arrive();
      return rowOf(answer, FAULTY)[0] === 'breaker-open' ? answer : undefined;
    });
    expect(rowOf(open, FAULTY)).toEqual(['breaker-open', 'failing-recently']);
    expectTheOthers(open);
    const asked = await askedOf(FAULTY);
    expect(rowOf(await arrive(), FAULTY)).toEqual(['breaker-open', 'failing-recently']);
    expect(await askedOf(FAULTY)).toBe(asked);
  });

  it('that is dead, beside one that takes ten seconds: the answer names both and does not wait for either', async () => {
    await setFaults(exchange, FAULTY, { dead: 'refuse' });
    await setFaults(exchange, 'lakeside', { slowMs: 10_000 });
    const answer = await arrive();
    expect(rowOf(answer, FAULTY)).toEqual(['failed', 'connection-failed']);
    expect(rowOf(answer, 'lakeside')).toEqual(['timed-out', 'deadline-passed']);
    expectTheOthers(answer);
  });

  /** How many requests a member has had. */
  async function askedOf(memberId: string): Promise<number> {
    const { body } = await request(`${exchange.simulatorUrl}/admin/hospitals/${memberId}/counters`);
    const { read, search, batch } = (await body.json()) as Record<'read' | 'search' | 'batch', number>;
    return read + search + batch;
  }
});
