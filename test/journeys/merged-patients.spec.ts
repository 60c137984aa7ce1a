// Two persons are merged and parted through the doors, and the ledger's accounts and searches follow.
import { randomUUID } from 'node:crypto';

import type { OAuthClient } from '@hie/exchange-client';
import type { AuditEvent, Bundle, Patient } from '@medplum/fhirtypes';
import pg from 'pg';

import { arrivalBody, emergency, eventually, matchBody, treatment } from '../support/doors.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { SignedInPerson } from '../support/signed-in-person.js';

const reads = { purpose: 'HCOMPL', scope: 'exchange/ledger.read' } as const;
const feeds = { purpose: 'HOPERAT', scope: 'system/Patient.cu' } as const;

interface Line {
  readonly txn: string;
  readonly isWhileMerged: boolean;
}

describe('who was merged', () => {
  let exchange: SharedExchange;
  let database: pg.Pool;
  let gatewayUrl: string;
  let ada: SignedInPerson;
  let bo: SignedInPerson;
  beforeAll(async () => {
    exchange = sharedExchange();
    gatewayUrl = exchange.description.gateway.url;
    database = new pg.Pool({ connectionString: exchange.description.database.url, ssl: { ca: exchange.ca }, max: 1 });
    ada = await SignedInPerson.ofOperator(exchange, 'Ada Steward', 'data-steward');
    bo = await SignedInPerson.ofOperator(exchange, 'Bo Steward', 'data-steward');
  });
  afterAll(async () => {
    await Promise.all([ada.close(), bo.close()]);
    await database.end();
    await exchange.close();
  });

  /** Somebody whom a hospital feeds and then asks about: the person's id, and the hospital's handle as compliance staff write it. */
  async function known(hospitalId: string, given: string, family: string, birthDate: string) {
    const emr = exchange.clientOf(exchange.hospital(hospitalId));
    const identifier = { system: exchange.hospital(hospitalId).identifierSystem, value: `M-${randomUUID()}` };
    const patient: Patient = {
      ...{ resourceType: 'Patient', id: randomUUID(), identifier: [identifier] },
      ...{ name: [{ use: 'official', family, given: [given] }], birthDate },
    };
    const query = new URLSearchParams({ identifier: `${identifier.system}|${identifier.value}` });
    const fed = await emr.call('PUT', `${gatewayUrl}/fhir/Patient?${query}`, { ...feeds, body: patient });
    expect(fed.status).toBe(201);
    const { rows } = await database.query<{ person_id: string }>(
      `select person_id from patient_index.identity_event where kind = 'linked' order by seq desc limit 1`,
    );
    const url = `${exchange.description.gateway.fhirUrl}/Patient/$match`;
    const match = await emr.call('POST', url, { ...treatment, body: matchBody(patient) });
    const handle = match.json<Bundle>().entry?.[0]?.resource?.id ?? '';
    const named = `https://hie.example/fhir/member-patient/${hospitalId}|${handle}`;
    return { emr, patient, named, personId: rows[0]?.person_id ?? '' };
  }

  async function arrive(emr: OAuthClient, patient: Patient): Promise<string> {
    const url = `${gatewayUrl}/cds-services/patient-arrival`;
    const answer = await emr.call('POST', url, { ...emergency, body: arrivalBody(patient) });
    expect(answer.status).toBe(200);
    return /([0-9a-f-]{36})/.exec(String(answer.headers['content-location']))?.[1] ?? '';
  }

  const decide = <T>(who: SignedInPerson, path: string, body: object) =>
    who.call<T>('POST', `/identity/${path}`, 'RECORDMGT', body);
  async function account(named: string): Promise<readonly Line[]> {
    const url = `${gatewayUrl}/ledger/accounting?${new URLSearchParams({ 'patient.identifier': named })}`;
    return (await exchange.operator.call('GET', url, reads)).json<{ disclosures: readonly Line[] }>().disclosures;
  }
  async function found(named: string): Promise<string> {
    const query = new URLSearchParams({ 'patient.identifier': named, type: '110106' });
    const url = `${exchange.description.gateway.fhirUrl}/AuditEvent?${query}`;
    return JSON.stringify((await exchange.operator.call('GET', url, reads)).json<Bundle<AuditEvent>>().entry ?? []);
  }
  const has = (lines: readonly Line[], ...txns: readonly string[]) =>
    txns.every((txn) => lines.some((line) => line.txn === txn)) ? lines : undefined;

  it('is in one account and one search by either handle; parted, in each what was told of it', async () => {
    const anna = await known('mercy-general', 'Wilhelmina', 'Ostrander', '1951-06-17');
    const berta = await known('lakeside', 'Philippa', 'Czerwinski', '1979-12-02');
    const before = [await arrive(anna.emr, anna.patient), await arrive(berta.emr, berta.patient)] as const;
    await eventually(async () => has(await account(berta.named), before[1]));
    expect((await account(berta.named)).map(({ txn }) => txn)).not.toContain(before[0]);

    const merge = { personId: berta.personId, survivorId: anna.personId, reason: 'one insurance card' };
    const { reviewId } = (await decide<{ reviewId: string }>(ada, 'merges', merge)).body;
    const word = { verdict: 'same', personId: anna.personId, reason: 'seen the card' };
    expect((await decide(bo, `reviews/${reviewId}/decisions`, word)).status).toBe(200);
    const meanwhile = await arrive(berta.emr, berta.patient);
    for (const { named } of [anna, berta]) {
      await eventually(async () => has(await account(named), ...before, meanwhile));
      const events = await found(named);
      for (const txn of [...before, meanwhile]) expect(events).toContain(txn);
    }

    const parting = { personId: berta.personId, reason: 'two people, one card' };
    expect((await decide(bo, 'unmerges', parting)).status).toBe(200);
    const lines = await eventually(async () => {
      const own = await account(berta.named);
      return own.some(({ txn }) => txn === before[0]) ? undefined : own;
    });
    expect(lines.find(({ txn }) => txn === meanwhile)?.isWhileMerged).toBe(true);
    expect(has(lines, before[1], meanwhile)).toBeDefined();

    expect(has(await account(anna.named), before[0], meanwhile)).toBeDefined();
  });
});
