// What comes after the answer: stages and late results by Server-Sent Events, and a slow member that is named.
import type { OAuthClient } from '@hie/exchange-client';
import type { Patient } from '@medplum/fhirtypes';

import { arrivalBody, emergency, emrOf } from '../support/doors.js';
import { setFaults } from '../support/member-faults.js';
import { eventsOf } from '../support/server-sent-events.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

interface Answered {
  readonly cards: readonly { readonly summary: string; readonly indicator: string }[];
  readonly extension: Record<string, { coverage: { memberId: string; status: string; reason: string }[] }>;
}

describe('a member that is slower than the deadline', () => {
  let exchange: SharedExchange;
  let emr: OAuthClient;
  let patient: Patient;
  beforeAll(async () => {
    exchange = sharedExchange();
    const story = await leadStory(exchange);
    emr = emrOf(exchange, story);
    patient = await arrivingPatient(exchange, story);
  });
  afterEach(() => setFaults(exchange, 'saint-brigid', undefined));
  afterAll(() => exchange.close());

  it('is named as missing, and alerts when what it holds arrives', async () => {
    await setFaults(exchange, 'saint-brigid', { slowMs: 4_000 });
    const url = `${exchange.description.gateway.url}/cds-services/patient-arrival`;
    const answer = await emr.call('POST', url, {
      ...emergency,
      body: arrivalBody(patient),
      headers: { deadlineMs: '3000' },
    });
    expect(answer.status).toBe(200);
    const { cards, extension } = answer.json<Answered>();
    const row = extension['org.hie-broker.answer']?.coverage.find(({ memberId }) => memberId === 'saint-brigid');
    expect(row?.status).toBe('timed-out');
    expect(cards.some(({ summary }) => /penicillin/i.test(summary))).toBe(false);
    expect(cards.some(({ summary }) => /no known allerg/i.test(summary))).toBe(false);

    const events = await eventsOf(emr, `${String(answer.headers['content-location'])}/events`, {
      ...emergency,
      ca: exchange.ca,
      until: (seen) => seen.some(({ event }) => event === 'late'),
    });
    const late = events.find(({ event }) => event === 'late');
    expect(late?.data).toMatch(/penicillin/i);
    expect(late?.data).toMatch(/"indicator":"critical"/);
    expect(late?.data).toMatch(/"receipt"/);
  });
});
