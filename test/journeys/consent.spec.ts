// The patient's word: an opt-out ends disclosure at once, breaking the glass overrides it and is on record, and an end of it opens again.
import type { CallAnswer, OAuthClient } from '@hie/exchange-client';
import { entriesOf } from '@hie/local-exchange';
import type { Story } from '@hie/population';
import type { Consent, Patient } from '@medplum/fhirtypes';

import { arrivalBody, emrOf, eventually, handleOf } from '../support/doors.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, storiesOf } from '../support/stories.js';

interface Answered {
  readonly cards: readonly { readonly summary: string; readonly detail: string }[];
  readonly extension: Record<string, { readonly outcome: string; readonly queryUrl: string }>;
}

const optOut = (patientId: string, status: Consent['status']): Consent => ({
  resourceType: 'Consent',
  status,
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${patientId}` },
  dateTime: '2026-11-01',
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTOUT' }] },
  provision: { type: 'deny' },
});

describe('a patient who opts out', () => {
  let exchange: SharedExchange;
  let story: Story;
  let patient: Patient;
  let emr: OAuthClient;
  beforeAll(async () => {
    exchange = sharedExchange();
    story = (await storiesOf(exchange)).find(({ given }) => given === 'opt-out') as Story;
    patient = await arrivingPatient(exchange, story);
    emr = emrOf(exchange, story);
  });
  afterAll(() => exchange.close());

  const arrive = async (purpose = 'ETREAT'): Promise<Answered> => {
    const answer = await emr.call('POST', `${exchange.description.gateway.url}/cds-services/patient-arrival`, {
      purpose,
      scope: 'system/*.rs',
      body: arrivalBody(patient),
    });
    expect(answer.status).toBe(200);
    return answer.json<Answered>();
  };
  const outcomeOf = ({ extension }: Answered) => extension['org.hie-broker.answer']?.outcome;
  const file = (method: 'POST' | 'PUT', path: string, body: Consent): Promise<CallAnswer> =>
    emr.call(method, `${exchange.description.gateway.fhirUrl}/${path}`, {
      purpose: 'PATRQT',
      scope: 'system/Consent.cu',
      body,
    });

  it('is not disclosed from then on, looks like nobody, and is opened again when she withdraws it', async () => {
    expect(outcomeOf(await arrive())).toBe('answered');
    const handle = await handleOf(exchange, story);
    const filings = await LedgerWatch.on(exchange, 'consent.filed');
    const filed = await file('POST', 'Consent', optOut(handle, 'active'));
    expect(filed.status).toBe(201);
    const { id, patient: about } = filed.json<Consent>();
    expect(await filings.one()).toMatchObject({
      outcome: 'success',
      details: { consentVersion: `Consent/${id}/_history/1`, status: 'active' },
      requester: { memberId: story.arrival.hospitalId },
    });
    expect(about?.reference).toBe(`Patient/${handle}`);

    const closed = await eventually(async () => {
      const answer = await arrive();
      return outcomeOf(answer) === 'not-disclosed' ? answer : undefined;
    });
    // Hashes and signatures spell any word sooner or later.
    const { receipt: _proof, ...told } = closed.extension['org.hie-broker.answer'] as object & { receipt?: unknown };
    expect(JSON.stringify({ ...closed, extension: told })).not.toMatch(/opt|consent|den(y|ied)/i);
    const txn = closed.extension['org.hie-broker.answer']?.queryUrl.split('/').at(-1) ?? '';
    const decided = await eventually(async () =>
      (await entriesOf(exchange, txn)).find(({ entry }) => entry.action === 'disclosure.decided'),
    );
    expect(decided.entry).toMatchObject({ outcome: 'denied', reason: 'directive.deny' });

    const changed = await file('PUT', `Consent/${id}`, { ...optOut(handle, 'inactive'), id: id as string });
    expect(changed.status).toBe(200);
    await eventually(async () => (outcomeOf(await arrive()) === 'answered' ? true : undefined));
  });

  it('has only a consent filed that is understood as a whole', async () => {
    const handle = await handleOf(exchange, story);
    const half = { ...optOut(handle, 'active'), provision: { type: 'deny' as const, action: [{ text: 'no fax' }] } };
    const answer = await file('POST', 'Consent', half);
    expect(answer.status).toBe(422);
    expect(outcomeOf(await arrive())).toBe('answered');
  });
});
