// ATTACKS.md B8 at the last step: the answer is assembled and lies at the gateway, which waits for the ledger's receipt, when the patient
// withdraws. The ledger is held still, so that the moment lasts.
import type { OAuthClient } from '@hie/exchange-client';
import { entriesOf } from '@hie/local-exchange';
import type { Consent, Patient } from '@medplum/fhirtypes';
import pg from 'pg';
import { request } from 'undici';

import { arrivalBody, emergency, emrOf, eventually, handleOf } from '../support/doors.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

interface Told {
  readonly outcome: string;
  readonly coverage: readonly unknown[];
  readonly queryUrl: string;
  readonly receipt: { readonly digest: string };
}

const optOut = (handle: string, status: Consent['status'] = 'active'): Consent => ({
  resourceType: 'Consent',
  status,
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${handle}` },
  dateTime: '2026-11-01',
  provision: { type: 'deny' },
});

describe('B8: an answer that waits for its receipt', () => {
  let exchange: SharedExchange;
  let database: pg.Pool;
  let emr: OAuthClient;
  let patient: Patient;
  let handle: string;
  let filed: string | undefined;
  beforeAll(async () => {
    exchange = sharedExchange();
    database = new pg.Pool({ connectionString: exchange.description.database.url, ssl: { ca: exchange.ca }, max: 1 });
    const story = await leadStory(exchange);
    emr = emrOf(exchange, story);
    patient = await arrivingPatient(exchange, story);
    handle = await handleOf(exchange, story);
  });
  afterAll(async () => {
    await control('resume');
    if (filed !== undefined) await file('PUT', `Consent/${filed}`, { ...optOut(handle, 'inactive'), id: filed });
    await database.end();
    await exchange.close();
  });

  const control = async (verb: 'pause' | 'resume'): Promise<void> => {
    const { statusCode, body } = await request(`${exchange.controlUrl}/${verb}/audit-ledger`, { method: 'POST' });
    await body.dump();
    expect(statusCode).toBe(204);
  };
  const file = (method: 'POST' | 'PUT', path: string, body: Consent) =>
    emr.call(method, `${exchange.description.gateway.fhirUrl}/${path}`, {
      purpose: 'PATRQT',
      scope: 'system/Consent.cu',
      body,
    });
  const heldAnswers = async (): Promise<number> => {
    const { rows } = await database.query<{ held: string }>('select count(*) as held from gateway.query_answer');
    return Number(rows[0]?.held);
  };

  it('is not released once the withdrawal was acknowledged; a denial with a receipt of its own is', async () => {
    const before = await heldAnswers();
    await control('pause');
    const asking = emr.call('POST', `${exchange.description.gateway.url}/cds-services/patient-arrival`, {
      ...emergency,
      body: arrivalBody(patient),
      headers: { deadlineMs: '25000' },
    });
    await eventually(async () => ((await heldAnswers()) > before ? true : undefined), 15_000);
    const withdrawal = await file('POST', 'Consent', optOut(handle));
    expect(withdrawal.status).toBe(201);
    filed = withdrawal.json<Consent>().id;
    await control('resume');

    const answer = await asking;
    expect(answer.status).toBe(200);
    expect(answer.text).not.toMatch(/penicillin|warfarin|harborview/i);
    const told = answer.json<{ extension: Record<string, Told> }>().extension['org.hie-broker.answer'] as Told;
    expect(told).toMatchObject({ outcome: 'not-disclosed', coverage: [] });
    const txn = told.queryUrl.split('/').at(-1) ?? '';
    // Every stage that was assembled is withheld; the one that is shown has its receipt over the entry that says so.
    const { entry } = await eventually(async () =>
      (await entriesOf(exchange, txn)).find(({ entry: one }) => one['digest'] === told.receipt.digest),
    );
    expect(entry).toMatchObject({ action: 'answer.withheld', outcome: 'denied', reason: 'consent-changed' });
  });
});
