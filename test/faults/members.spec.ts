// Members that fail in every way: each is named in the answer for what it did, and no fault of one takes the others' answers away.
import type { Story } from '@hie/population';

import { type ArrivalAnswer, askOnArrival } from '@hie/local-exchange';

import { emrOf } from '../support/doors.js';
import { type MemberFaults, setFaults } from '../support/member-faults.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

/** Holds the anaphylaxis of the lead story; Harborview holds the warfarin. */
const FAULTY = 'saint-brigid';

describe('a member', () => {
  let exchange: SharedExchange;
  let story: Story;
  beforeAll(async () => {
    exchange = sharedExchange();
    story = await leadStory(exchange);
  });
  afterEach(async () => {
    for (const { id } of exchange.hospitals) await setFaults(exchange, id, undefined);
  });
  afterAll(() => exchange.close());

  const arrive = async (): Promise<ArrivalAnswer> =>
    askOnArrival(exchange, emrOf(exchange, story), {
      patient: await arrivingPatient(exchange, story),
    });
  const rowOf = ({ coverage }: ArrivalAnswer, memberId: string) =>
    coverage.find((row) => row.memberId === memberId)?.status;
  const told = ({ cards }: ArrivalAnswer) => cards.map(({ summary, detail }) => `${summary}\n${detail}`).join('\n');

  it.each<[string, MemberFaults, readonly string[]]>([
    ['answers 500', { status: 500 }, ['failed', 'breaker-open']],
    ['sends JSON that ends in the middle', { malformedJson: true }, ['failed', 'breaker-open']],
    ['resets the connection in the body', { resetMidBody: true }, ['failed', 'breaker-open']],
    ['sends another patient’s records', { wrongPatient: true }, ['failed', 'breaker-open']],
    ['refuses connections', { dead: 'refuse' }, ['failed', 'breaker-open']],
    ['takes connections and never answers', { dead: 'hang' }, ['timed-out', 'breaker-open']],
  ])('that %s is named, and the others’ answers are there', async (_name, faults, statuses) => {
    await setFaults(exchange, FAULTY, faults);
    const answer = await arrive();
    expect(statuses).toContain(rowOf(answer, FAULTY));
    expect(rowOf(answer, 'harborview')).toBe('answered');
    expect(told(answer)).toMatch(/warfarin/i);
    expect(told(answer)).not.toMatch(/penicillin/i);
    expect(told(answer)).not.toMatch(/^No known allerg/im);
  });

  it('that is dead, beside one that takes ten seconds: the answer names both and does not wait for either', async () => {
    await setFaults(exchange, FAULTY, { dead: 'refuse' });
    await setFaults(exchange, 'lakeside', { slowMs: 10_000 });
    const answer = await arrive();
    expect(['failed', 'breaker-open']).toContain(rowOf(answer, FAULTY));
    expect(['timed-out', 'breaker-open']).toContain(rowOf(answer, 'lakeside'));
    expect(rowOf(answer, 'harborview')).toBe('answered');
  });
});
