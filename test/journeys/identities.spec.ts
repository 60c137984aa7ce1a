// Two records of two people, taken for one and told apart again: by two stewards, through the doors, with the answers that follow.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { type CallAnswer, type OAuthClient, TokenRefused } from '@hie/exchange-client';
import type { Patient } from '@medplum/fhirtypes';
import pg from 'pg';

import { arrivalBody, emergency, eventually } from '../support/doors.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const HIE = fileURLToPath(new URL('../../apps/hie/bin/hie.mjs', import.meta.url));
const run = promisify(execFile);
const stewards = { purpose: 'RECORDMGT', scope: 'exchange/identity.manage exchange/identity.review' } as const;
const feeds = { purpose: 'HOPERAT', scope: 'system/Patient.cu' } as const;

interface Answered {
  readonly extension?: Record<string, { coverage: { memberId: string; status: string }[] }>;
}

describe('the data stewards', () => {
  let exchange: SharedExchange;
  let database: pg.Pool;
  let mercy: OAuthClient;
  let lakeside: OAuthClient;
  let gatewayUrl: string;
  beforeAll(() => {
    exchange = sharedExchange();
    gatewayUrl = exchange.description.gateway.url;
    mercy = exchange.clientOf(exchange.hospital('mercy-general'));
    lakeside = exchange.clientOf(exchange.hospital('lakeside'));
    database = new pg.Pool({ connectionString: exchange.description.database.url, ssl: { ca: exchange.ca }, max: 1 });
  });
  afterAll(async () => {
    await database.end();
    await exchange.close();
  });

  const patientOf = (hospitalId: string, given: string, family: string, birthDate: string): Patient => ({
    resourceType: 'Patient',
    id: randomUUID(),
    identifier: [{ system: exchange.hospital(hospitalId).identifierSystem, value: `J-${randomUUID()}` }],
    name: [{ use: 'official', family, given: [given] }],
    birthDate,
  });

  function feed(from: OAuthClient, patient: Patient): Promise<CallAnswer> {
    const [{ system, value } = {}] = patient.identifier ?? [];
    const query = new URLSearchParams({ identifier: `${system}|${value}` });
    return from.call('PUT', `${gatewayUrl}/fhir/Patient?${query}`, { ...feeds, body: patient });
  }

  /** Feeds a record and says whose it has become. */
  async function personOf(from: OAuthClient, patient: Patient): Promise<string> {
    expect((await feed(from, patient)).status).toBe(201);
    const { rows } = await database.query<{ person_id: string }>(
      `select person_id from patient_index.identity_event where kind = 'linked' order by seq desc limit 1`,
    );
    return rows[0]?.person_id ?? '';
  }

  const steward = (userId: string, path: string, body?: object): Promise<CallAnswer> =>
    exchange.operator.call(body === undefined ? 'GET' : 'POST', `${gatewayUrl}/identity/${path}`, {
      ...stewards,
      userId,
      ...(body === undefined ? {} : { body }),
    });

  /** A patient arrives at Mercy: the transaction, and which members the answer speaks of. */
  async function arrive(patient: Patient): Promise<{ readonly txn: string; readonly members: readonly string[] }> {
    const url = `${gatewayUrl}/cds-services/patient-arrival`;
    const answer = await mercy.call('POST', url, { ...emergency, body: arrivalBody(patient) });
    expect(answer.status).toBe(200);
    const txn = /([0-9a-f-]{36})/.exec(String(answer.headers['content-location']))?.[1] ?? '';
    const { coverage = [] } = answer.json<Answered>().extension?.['org.hie-broker.answer'] ?? {};
    return { txn, members: coverage.map(({ memberId }) => memberId) };
  }

  it('merge by two and take it back alone; the answers follow at once, and who was told meanwhile is listed', async () => {
    const [anna, berta] = [
      patientOf('mercy-general', 'Annelotte', 'Vandersteen', '1948-03-09'),
      patientOf('lakeside', 'Bertholda', 'Quisenberry', '1973-10-21'),
    ];
    const survivorId = await personOf(mercy, anna);
    const personId = await personOf(lakeside, berta);
    // The locator reads of new records a moment later.
    await eventually(async () => {
      const { rows } = await database.query('select 1 from record_locator.pointer where person_id = $1', [personId]);
      return rows[0];
    });
    expect((await arrive(anna)).members).not.toContain('lakeside');

    const proposed = await steward('ada', 'merges', { personId, survivorId, reason: 'one insurance card' });
    expect(proposed.status).toBe(202);
    const { reviewId } = proposed.json<{ reviewId: string }>();
    const word = { verdict: 'same', personId: survivorId, reason: 'seen the card' };
    const alone = await steward('ada', `reviews/${reviewId}/decisions`, word);
    expect([alone.status, alone.json<{ code: string }>().code]).toEqual([409, 'second-person-needed']);
    expect((await steward('bo', `reviews/${reviewId}/decisions`, word)).json()).toEqual({
      reviewId,
      status: 'decided',
    });
    const together = await eventually(async () => {
      const answer = await arrive(anna);
      return answer.members.includes('lakeside') ? answer : undefined;
    });

    const parting = await steward('bo', 'unmerges', { personId, reason: 'two people, one card' });
    expect(parting.status).toBe(200);
    const { disclosures } = parting.json<{ disclosures: { txn: string }[] }>();
    expect(disclosures.map(({ txn }) => txn)).toContain(together.txn);
    expect((await arrive(anna)).members).not.toContain('lakeside');
    const history = (await steward('ada', `persons/${personId}`)).json<{ events: { kind: string }[] }>();
    expect(history.events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['record-registered', 'linked', 'review-decided', 'merged', 'unmerged']),
    );
  });

  it('decide about a chart that a feed has filled with another patient', async () => {
    const before = patientOf('lakeside', 'Ceridwen', 'Abernethy', '1961-11-27');
    await personOf(lakeside, before);
    const [identifier] = before.identifier ?? [];
    const overlaid: Patient = {
      ...before,
      name: [{ use: 'official', family: 'Zuckerkandl', given: ['Dorothea'] }],
      birthDate: '1990-02-14',
    };
    expect(identifier).toBeDefined();
    expect((await feed(lakeside, overlaid)).status).toBe(202);
    const { reviews } = (await steward('ada', 'reviews?limit=200')).json<{
      reviews: { reviewId: string; subject: string }[];
    }>();
    const review = reviews.findLast(({ subject }) => subject === 'overlay');
    const dossier = await steward('ada', `reviews/${review?.reviewId}`);
    expect(dossier.text).toMatch(/Abernethy.*Zuckerkandl/);
    const decided = await steward('ada', `reviews/${review?.reviewId}/decisions`, {
      verdict: 'reject',
      reason: 'wrong chart',
    });
    expect(decided.json()).toMatchObject({ status: 'decided' });
  });

  it('work at the command line too', async () => {
    const file = join(exchange.run, 'steward.json');
    writeFileSync(file, JSON.stringify(exchange.description));
    const hie = async (...args: string[]) =>
      (await run(process.execPath, [HIE, 'identity', ...args, '--exchange', file])).stdout;
    const decided = await hie('reviews', '--status', 'decided', '--as', 'ada');
    expect(decided).toMatch(/^[0-9a-f-]{36} decided +(merge +merge-proposed|overlay +overlay) /m);
    expect(JSON.parse(await hie('calibration', '--as', 'ada'))).toHaveProperty('models');
    const unknown = hie('unmerge', randomUUID(), '--reason', 'none', '--as', 'ada');
    await expect(unknown).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('person-unknown') as string,
    });
    await expect(hie('reviews')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('--as') as string });
  });

  it('are people: a system alone decides nothing, and no member’s client is let in', async () => {
    const nobody = await exchange.operator.call('GET', `${gatewayUrl}/identity/reviews`, stewards);
    expect([nobody.status, nobody.json<{ code: string }>().code]).toEqual([403, 'acting-person-missing']);
    await expect(mercy.call('GET', `${gatewayUrl}/identity/reviews`, { ...stewards, userId: 'ada' })).rejects.toThrow(
      TokenRefused,
    );
    expect((await mercy.call('GET', `${gatewayUrl}/identity/reviews`, { ...emergency, userId: 'ada' })).status).toBe(
      403,
    );
  });

  it('leave an entry in the ledger for what they did', async () => {
    const actions = async () => {
      const { rows } = await database.query<{ action: string }>('select distinct action from audit_ledger.entry');
      return rows.map(({ action }) => action);
    };
    const expected = ['persons.merged', 'persons.unmerged', 'person.read', 'review.decided', 'review.read'];
    const found = await eventually(async () => {
      const known = await actions();
      return expected.every((action) => known.includes(action)) ? known : undefined;
    });
    expect(found).toEqual(expect.arrayContaining(expected));
  });
});
