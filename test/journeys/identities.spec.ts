// Two records of two people, taken for one and told apart again: by two stewards, through the doors, with the answers that follow.
import { randomUUID } from 'node:crypto';

import type { CallAnswer, OAuthClient } from '@hie/exchange-client';
import type { Patient } from '@medplum/fhirtypes';
import pg from 'pg';

import { arrivalBody, emergency, eventually } from '../support/doors.js';
import { type PersonAnswer, refusalIn } from '../support/person-client.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { SignedInPerson } from '../support/signed-in-person.js';

const feeds = { purpose: 'HOPERAT', scope: 'system/Patient.cu' } as const;

interface Answered {
  readonly extension?: Record<string, { coverage: { memberId: string; status: string }[] }>;
}

describe('the data stewards', () => {
  let exchange: SharedExchange;
  let database: pg.Pool;
  let mercy: OAuthClient;
  let lakeside: OAuthClient;
  let ada: SignedInPerson;
  let bo: SignedInPerson;
  let gatewayUrl: string;
  beforeAll(async () => {
    exchange = sharedExchange();
    gatewayUrl = exchange.description.gateway.url;
    mercy = exchange.clientOf(exchange.hospital('mercy-general'));
    lakeside = exchange.clientOf(exchange.hospital('lakeside'));
    database = new pg.Pool({ connectionString: exchange.description.database.url, ssl: { ca: exchange.ca }, max: 1 });
    ada = await SignedInPerson.ofOperator(exchange, 'Ada Steward', 'data-steward');
    bo = await SignedInPerson.ofOperator(exchange, 'Bo Steward', 'data-steward');
  });
  afterAll(async () => {
    await Promise.all([ada.close(), bo.close()]);
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

  const look = <T>(who: SignedInPerson, path: string): Promise<PersonAnswer<T>> =>
    who.call<T>('GET', `/identity/${path}`, 'RECORDMGT');
  const decide = <T>(who: SignedInPerson, path: string, body: object): Promise<PersonAnswer<T>> =>
    who.call<T>('POST', `/identity/${path}`, 'RECORDMGT', body);

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

    const merge = { personId, survivorId, reason: 'one insurance card' };
    const proposed = await decide<{ reviewId: string }>(ada, 'merges', merge);
    expect(proposed.status).toBe(202);
    const { reviewId } = proposed.body;
    const word = { verdict: 'same', personId: survivorId, reason: 'seen the card' };
    const alone = await decide(ada, `reviews/${reviewId}/decisions`, word);
    expect([alone.status, refusalIn(alone)]).toEqual([409, 'second-person-needed']);
    expect((await decide(bo, `reviews/${reviewId}/decisions`, word)).body).toEqual({ reviewId, status: 'decided' });
    const together = await eventually(async () => {
      const answer = await arrive(anna);
      return answer.members.includes('lakeside') ? answer : undefined;
    });

    const apart = { personId, reason: 'two people, one card' };
    const parting = await decide<{ disclosures: { txn: string }[] }>(bo, 'unmerges', apart);
    expect(parting.status).toBe(200);
    expect(parting.body.disclosures.map(({ txn }) => txn)).toContain(together.txn);
    expect((await arrive(anna)).members).not.toContain('lakeside');
    const history = await look<{ events: { kind: string }[] }>(ada, `persons/${personId}`);
    expect(history.body.events.map(({ kind }) => kind)).toEqual(
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
    const { body } = await look<{ reviews: { reviewId: string; subject: string }[] }>(ada, 'reviews?limit=200');
    const review = body.reviews.findLast(({ subject }) => subject === 'overlay');
    const dossier = await look(ada, `reviews/${review?.reviewId}`);
    expect(JSON.stringify(dossier.body)).toMatch(/Abernethy.*Zuckerkandl/);
    const word = { verdict: 'reject', reason: 'wrong chart' };
    const decided = await decide(ada, `reviews/${review?.reviewId}/decisions`, word);
    expect(decided.body).toMatchObject({ status: 'decided' });
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
