// The gateway is killed when the first stage of an answer is out: what follows, and what comes late, is told all the same, and whoever asks again
// is answered by the deadline of the first question.
import { randomUUID } from 'node:crypto';

import type { CallAnswer, OAuthClient } from '@hie/exchange-client';
import type { Story } from '@hie/population';
import type { Bundle } from '@medplum/fhirtypes';
import pg from 'pg';
import { request } from 'undici';

import { arrivalBody, emergency, emrOf, eventually, handleOf, treatment } from '../support/doors.js';
import { setFaults } from '../support/member-faults.js';
import { eventsOf } from '../support/server-sent-events.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

/** Holds the anaphylaxis of the lead story. */
const SLOW = 'saint-brigid';
const DEADLINE_MS = 9_000;

describe('a gateway that is killed between two stages', () => {
  let exchange: SharedExchange;
  let database: pg.Pool;
  let story: Story;
  let emr: OAuthClient;
  beforeAll(async () => {
    exchange = sharedExchange();
    database = new pg.Pool({ connectionString: exchange.description.database.url, ssl: { ca: exchange.ca }, max: 1 });
    story = await leadStory(exchange);
    emr = emrOf(exchange, story);
  });
  afterEach(() => setFaults(exchange, SLOW, undefined));
  afterAll(async () => {
    await database.end();
    await exchange.close();
  });

  const control = async (verb: 'down' | 'up' | 'ready'): Promise<void> => {
    const { statusCode, body } = await request(`${exchange.controlUrl}/${verb}/gateway`, { method: 'POST' });
    await body.dump();
    expect(statusCode).toBe(204);
  };
  const killed = async (): Promise<void> => {
    await control('down');
    await control('up');
    await control('ready');
  };
  /** Waits until a stage has been released and that is stored. @param which of the sessions, as SQL. */
  const answered = (which: string): Promise<unknown> =>
    eventually(async () => {
      const { rows } = await database.query<{ state: string }>(
        `select state from gateway.query_session where ${which} order by asked_at desc limit 1`,
      );
      return rows[0]?.state === 'answered' ? true : undefined;
    });

  const heldStage = async (txn: string, stage: string): Promise<string | undefined> => {
    const { rows } = await database.query<{ digest: string }>(
      `select digest from gateway.query_answer join gateway.query_receipt using (txn, digest)
       where txn = $1 and starts_with(part, $2)`,
      [txn, stage],
    );
    return rows[0]?.digest;
  };

  it('tells the late result by Server-Sent Events, and every stage once', async () => {
    const patient = await arrivingPatient(exchange, story);
    await setFaults(exchange, SLOW, { slowMs: DEADLINE_MS + 3_000 });
    const answer = await emr.call('POST', `${exchange.description.gateway.url}/cds-services/patient-arrival`, {
      ...emergency,
      body: arrivalBody(patient),
      headers: { deadlineMs: String(DEADLINE_MS) },
    });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toMatch(/penicillin/i);
    const queryUrl = String(answer.headers['content-location']);
    const txn = queryUrl.split('/').at(-1) ?? '';
    await answered(`txn = '${txn}'`);
    await killed();
    // Kept before anybody asks for it.
    await eventually(() => heldStage(txn, 'complete'), DEADLINE_MS + 5_000);

    const events = await eventsOf(emr, `${queryUrl}/events`, {
      ...emergency,
      ca: exchange.ca,
      until: (seen) => seen.some(({ event }) => event === 'late'),
      within: 30_000,
    });
    expect(events.map(({ event }) => event)).toEqual(['critical', 'complete', 'late']);
    expect(events.at(-1)?.data).toMatch(/penicillin/i);
    expect(events.at(-1)?.data).toMatch(/"indicator":"critical"/);
  }, 60_000);

  it('answers who repeats the question under its key, by the deadline of the first', async () => {
    const handle = await handleOf(exchange, story);
    await setFaults(exchange, SLOW, { slowMs: DEADLINE_MS - 2_000 });
    const since = (await database.query<{ now: string }>('select now()::text as now')).rows[0]?.now ?? '';
    const ask = (): Promise<CallAnswer> =>
      emr.call('GET', `${exchange.description.gateway.fhirUrl}/Patient/${handle}/$summary`, {
        ...treatment,
        headers: { 'idempotency-key': key, deadlineMs: String(DEADLINE_MS) },
      });
    const key = randomUUID();
    const broken = ask().catch((error: unknown) => error);
    await answered(`asked_at > '${since}'`);
    await killed();
    expect(await broken).toBeInstanceOf(Error);

    const repeatedAt = performance.now();
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(performance.now() - repeatedAt).toBeLessThan(DEADLINE_MS + 1_000);
    // The slow member's part came after the restart.
    expect(JSON.stringify(answer.json<Bundle>())).toMatch(/penicillin/i);
  }, 60_000);
});
