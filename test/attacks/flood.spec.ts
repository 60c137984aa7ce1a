// More requests than one may send: refused with a stable code and the time to wait, and nobody else is touched.
import { setTimeout as pause } from 'node:timers/promises';

import type { Story } from '@hie/population';
import type { OperationOutcome } from '@medplum/fhirtypes';
import { Agent, request } from 'undici';

import { arrivalBody, emrOf, eventually, matchBody, treatment } from '../support/doors.js';
import { setFaults } from '../support/member-faults.js';
import { bringIn, newClientKey, untilKnown } from '../support/new-member.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory, storiesOf } from '../support/stories.js';

/** Well over what one address may send in a minute (12,000). */
const MOST = 16_000;
const AT_ONCE = 32;

describe('a flood', () => {
  let exchange: SharedExchange;
  let flooding: Agent;
  beforeAll(() => {
    exchange = sharedExchange();
    // Another address of this machine, so that the other tests' own is not throttled with it.
    flooding = new Agent({ connect: { ca: exchange.ca }, localAddress: '127.0.0.2', connections: AT_ONCE });
  });
  afterAll(async () => {
    await flooding.close();
    await exchange.close();
  });

  it('from one address ends in 429, which says when to come back; others are served', async () => {
    const url = `${exchange.description.gateway.fhirUrl}/metadata`;
    let sent = 0;
    let refusal: { readonly retryAfter: unknown; readonly outcome: OperationOutcome } | undefined;
    const flood = async (): Promise<void> => {
      while (refusal === undefined && sent < MOST) {
        sent += 1;
        const { statusCode, headers, body } = await request(url, { dispatcher: flooding });
        if (statusCode === 429) {
          const retryAfter = headers['retry-after'];
          refusal = { retryAfter, outcome: (await body.json()) as OperationOutcome };
        } else await body.dump();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, flood));
    expect(refusal?.outcome.issue[0]?.details?.coding?.[0]?.code).toBe('too-many-requests');
    expect(Number(refusal?.retryAfter)).toBeGreaterThan(0);

    const story = await leadStory(exchange);
    const answer = await emrOf(exchange, story).call(
      'POST',
      `${exchange.description.gateway.url}/cds-services/patient-arrival`,
      { purpose: 'ETREAT', scope: 'system/*.rs', body: arrivalBody(await arrivingPatient(exchange, story)) },
    );
    expect(answer.status).toBe(200);
  }, 120_000);

  it('of routine questions leaves an emergency its answer, and every question ends', async () => {
    const stories = await storiesOf(exchange);
    const story = stories.find(({ id }) => id === 'unconscious-arrival') as Story;
    const patient = await arrivingPatient(exchange, story);
    const emr = emrOf(exchange, story);
    const ask = (purpose: 'TREAT' | 'ETREAT') =>
      emr.call('POST', `${exchange.description.gateway.url}/cds-services/patient-arrival`, {
        purpose,
        scope: 'system/*.rs',
        body: arrivalBody(patient),
      });
    await Promise.all([ask('TREAT'), ask('ETREAT')]);
    const routine = Promise.all(Array.from({ length: AT_ONCE * 8 }, () => ask('TREAT')));
    await pause(500);
    const emergency = await ask('ETREAT');
    expect(emergency.status).toBe(200);
    const statuses = new Set((await routine).map(({ status }) => status));
    expect([...statuses].filter((status) => ![200, 503, 504].includes(status))).toEqual([]);
    expect(statuses).toContain(200);
  }, 120_000);

  it('D6: of one member leaves another member’s questions their answers while it runs', async () => {
    const story = await leadStory(exchange);
    const patient = await arrivingPatient(exchange, story);
    const emr = emrOf(exchange, story);
    const key = newClientKey('first');
    const another = (await bringIn(exchange, key)).clientWith(key);
    await untilKnown(another);
    // Whom the flood asks takes its time, so that each of its questions holds its place for as long as it may.
    for (const { id } of exchange.hospitals) await setFaults(exchange, id, { slowMs: 2_500 });
    const { url, fhirUrl } = exchange.description.gateway;
    let ended = 0;
    const flood = Array.from({ length: AT_ONCE * 8 }, async () => {
      const { status } = await emr.call('POST', `${url}/cds-services/patient-arrival`, {
        ...{ ...treatment, body: arrivalBody(patient), headers: { deadlineMs: '30000' } },
      });
      ended += 1;
      return status;
    });
    try {
      // Once one of them is answered, as many as may be are under way and the others wait.
      await eventually(() => Promise.resolve(ended > 0 ? true : undefined), 30_000);
      for (let asked = 0; asked < 3; asked += 1) {
        const { status } = await another.call('POST', `${fhirUrl}/Patient/$match`, {
          ...{ ...treatment, body: matchBody(patient) },
        });
        expect(status).toBe(200);
      }
      expect(ended).toBeLessThan(flood.length);
    } finally {
      for (const { id } of exchange.hospitals) await setFaults(exchange, id, undefined);
      const statuses = await Promise.all(flood);
      expect(statuses.filter((status) => ![200, 503, 504].includes(status))).toEqual([]);
    }
  }, 120_000);
});
