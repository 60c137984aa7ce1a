// ATTACKS.md D5 at the members' side: a FHIR server that sends the exchange elsewhere. Nobody goes there, and the member is named as failed.

import { type ArrivalAnswer, askOnArrival, hookBody } from '@hie/local-exchange';
import type { Story } from '@hie/population';

import { emrOf, eventually, treatment } from '../support/doors.js';
import { Elsewhere } from '../support/elsewhere.js';
import { setFaults } from '../support/member-faults.js';
import { bringIn, newClientKey, untilKnown } from '../support/new-member.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

/** Holds a record of the lead story's patient, as does Harborview. */
const REDIRECTING = 'saint-brigid';

describe('a member that sends the exchange', () => {
  let exchange: SharedExchange;
  let story: Story;
  let elsewhere: Elsewhere;
  beforeAll(async () => {
    exchange = sharedExchange();
    story = await leadStory(exchange);
    elsewhere = await Elsewhere.open();
  });
  afterEach(async () => {
    await setFaults(exchange, REDIRECTING, undefined);
    // Its breaker counts failures that follow each other; the next test, and the next file, find it closed.
    await eventually(async () => (statusOf((await arrive()).coverage) === 'answered' ? true : undefined), 30_000);
  }, 40_000);
  afterAll(async () => {
    await elsewhere.close();
    await exchange.close();
  });

  const arrive = async (): Promise<ArrivalAnswer> =>
    askOnArrival(exchange, emrOf(exchange, story), { patient: await arrivingPatient(exchange, story) });
  const statusOf = (coverage: ArrivalAnswer['coverage'], memberId = REDIRECTING) =>
    coverage.find((row) => row.memberId === memberId)?.status;

  it.each<[string, 301 | 302 | 307 | 308, (port: number) => string]>([
    ['to the loopback', 307, (to) => `https://127.0.0.1:${to}/fhir`],
    ['to another host of its name', 308, (to) => `https://localhost:${to}/fhir`],
    ['to where there is no TLS', 302, (to) => `http://127.0.0.1:${to}/fhir`],
    ['with the question turned into a read', 301, (to) => `https://127.0.0.1:${to}/`],
  ])('D5: %s is not followed, and is named as failed', async (_name, status, to) => {
    await setFaults(exchange, REDIRECTING, { redirect: { status, to: to(elsewhere.port) } });
    const { coverage } = await arrive();
    expect(statusOf(coverage)).toBe('failed');
    expect(statusOf(coverage, 'harborview')).toBe('answered');
    expect(elsewhere.callers).toBe(0);
  });

  it('D5: elsewhere for a token gets no assertion there, and is named as one that refused', async () => {
    // A member that never asked before: there is no token of its name that could be kept.
    const key = newClientKey('first');
    const emr = (await bringIn(exchange, key)).clientWith(key);
    await untilKnown(emr);
    const to = `https://127.0.0.1:${elsewhere.port}/token`;
    await setFaults(exchange, REDIRECTING, { redirect: { status: 307, to }, on: ['token'] });
    const url = `${exchange.description.gateway.url}/cds-services/patient-arrival`;
    const answer = await emr.call('POST', url, {
      ...treatment,
      body: hookBody(await arrivingPatient(exchange, story)),
    });
    const { extension } = answer.json<{ extension: Record<string, Pick<ArrivalAnswer, 'coverage'>> }>();
    expect(statusOf(extension['org.hie-broker.answer']?.coverage ?? [])).toBe('denied');
    expect(elsewhere.callers).toBe(0);
  });
});
