// ATTACKS.md B11: a merge is taken back while a query about the two is under way. What was asked for both leaves for neither.
import { randomUUID } from 'node:crypto';

import type { OAuthClient } from '@hie/exchange-client';
import { entriesOf } from '@hie/local-exchange';
import type { Patient } from '@medplum/fhirtypes';
import pg from 'pg';

import { arrivalBody, emergency, eventually } from '../support/doors.js';
import { setFaults } from '../support/member-faults.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { SignedInPerson } from '../support/signed-in-person.js';

const SLOW = 'lakeside';
const feeds = { purpose: 'HOPERAT', scope: 'system/Patient.cu' } as const;

interface Told {
  readonly outcome: string;
  readonly queryUrl: string;
  readonly coverage: readonly { readonly memberId: string }[];
}

describe('B11: persons that are parted', () => {
  let exchange: SharedExchange;
  let database: pg.Pool;
  let mercy: OAuthClient;
  let ada: SignedInPerson;
  let bo: SignedInPerson;
  let url: string;
  beforeAll(async () => {
    exchange = sharedExchange();
    ({ url } = exchange.description.gateway);
    mercy = exchange.clientOf(exchange.hospital('mercy-general'));
    database = new pg.Pool({ connectionString: exchange.description.database.url, ssl: { ca: exchange.ca }, max: 1 });
    ada = await SignedInPerson.ofOperator(exchange, 'Ada Steward', 'data-steward');
    bo = await SignedInPerson.ofOperator(exchange, 'Bo Steward', 'data-steward');
  });
  afterAll(async () => {
    await Promise.all([ada.close(), bo.close()]);
    await setFaults(exchange, SLOW, undefined);
    await database.end();
    await exchange.close();
  });

  const patientOf = (hospitalId: string, given: string, family: string, birthDate: string): Patient => ({
    resourceType: 'Patient',
    id: randomUUID(),
    identifier: [{ system: exchange.hospital(hospitalId).identifierSystem, value: `B11-${randomUUID()}` }],
    name: [{ use: 'official', family, given: [given] }],
    birthDate,
  });
  /** Feeds a record, and waits until the locator can find it. @returns whose it has become. */
  async function personOf(hospitalId: string, patient: Patient): Promise<string> {
    const [{ system, value } = {}] = patient.identifier ?? [];
    const query = new URLSearchParams({ identifier: `${system}|${value}` });
    const path = `${url}/fhir/Patient?${query}`;
    const fed = await exchange.clientOf(exchange.hospital(hospitalId)).call('PUT', path, { ...feeds, body: patient });
    expect(fed.status).toBe(201);
    const { rows } = await database.query<{ person_id: string }>(
      `select person_id from patient_index.identity_event where kind = 'linked' order by seq desc limit 1`,
    );
    const personId = rows[0]?.person_id ?? '';
    await eventually(async () => {
      const found = await database.query('select 1 from record_locator.pointer where person_id = $1', [personId]);
      return found.rows[0];
    });
    return personId;
  }
  const decide = (who: SignedInPerson, path: string, body: object) =>
    who.call<{ reviewId: string }>('POST', `/identity/${path}`, 'RECORDMGT', body);
  const arrive = async (patient: Patient): Promise<Told> => {
    const body = arrivalBody(patient);
    const answer = await mercy.call('POST', `${url}/cds-services/patient-arrival`, { ...emergency, body });
    expect(answer.status).toBe(200);
    return answer.json<{ extension: Record<string, Told> }>().extension['org.hie-broker.answer'] as Told;
  };

  it('while a member is asked for both leave an answer of nobody, and the next is about the one alone', async () => {
    const anna = patientOf('mercy-general', 'Sieglinde', 'Oberhummer', '1946-07-15');
    const survivorId = await personOf('mercy-general', anna);
    const personId = await personOf(SLOW, patientOf(SLOW, 'Theodosia', 'Wakefield', '1982-01-30'));
    const proposed = await decide(ada, 'merges', { personId, survivorId, reason: 'one insurance card' });
    const { reviewId } = proposed.body;
    const word = { verdict: 'same', personId: survivorId, reason: 'seen the card' };
    expect((await decide(bo, `reviews/${reviewId}/decisions`, word)).status).toBe(200);
    const together = await arrive(anna);
    expect(together.coverage.map(({ memberId }) => memberId)).toContain(SLOW);

    await setFaults(exchange, SLOW, { slowMs: 1_300 });
    const before = Date.now();
    const asking = arrive(anna);
    await eventually(async () => {
      const entries = `${url}/ledger/entries?action=disclosure.decided&count=1`;
      const answer = await exchange.operator.call('GET', entries, { purpose: 'HCOMPL', scope: 'exchange/ledger.read' });
      const [newest] = answer.json<{ entries: { entry: { at: string } }[] }>().entries;
      return newest !== undefined && Date.parse(newest.entry.at) >= before ? true : undefined;
    });
    expect((await decide(bo, 'unmerges', { personId, reason: 'two people, one card' })).status).toBe(200);
    const { outcome, coverage, queryUrl } = await asking;
    expect({ outcome, coverage }).toEqual({ outcome: 'not-disclosed', coverage: [] });
    const txn = queryUrl.split('/').at(-1) ?? '';
    const reasons = await eventually(async () => {
      const found = (await entriesOf(exchange, txn)).map(({ entry }) => entry.reason);
      return found.includes('identity-changed') ? found : undefined;
    });
    expect(reasons).toContain('default.ETREAT');

    const apart = await arrive(anna);
    expect(apart.outcome).toBe('answered');
    expect(apart.coverage.map(({ memberId }) => memberId)).not.toContain(SLOW);
  });
});
