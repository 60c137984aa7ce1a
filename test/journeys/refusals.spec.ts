// Bad input at the doors: a clear outcome with a stable code, and nothing about whether the patient exists (docs/refusals.md).
import { type OAuthClient, TokenRefused } from '@hie/exchange-client';
import type { Story } from '@hie/population';
import type { Bundle, OperationOutcome, Patient } from '@medplum/fhirtypes';
import { Agent, request } from 'undici';

import { arrivalBody, codeOf, emergency, emrOf, matchBody, treatment } from '../support/doors.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory, storiesOf } from '../support/stories.js';

const OWN_ID = '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10';

describe('what is refused', () => {
  let exchange: SharedExchange;
  let emr: OAuthClient;
  let patient: Patient;
  let gatewayUrl: string;
  let fhirUrl: string;
  beforeAll(async () => {
    exchange = sharedExchange();
    const story = await leadStory(exchange);
    emr = emrOf(exchange, story);
    patient = await arrivingPatient(exchange, story);
    ({ url: gatewayUrl, fhirUrl } = exchange.description.gateway);
  });
  afterAll(() => exchange.close());

  const hook = (body: unknown, options: { purpose: string; scope: string } = emergency) =>
    emr.call('POST', `${gatewayUrl}/cds-services/patient-arrival`, { ...options, body });

  it.each<[string, (body: Record<string, unknown>) => unknown, number, string]>([
    ['JSON that ends in the middle', () => '{"hook":', 400, 'invalid-json'],
    ['a body that is no object', () => '[]', 400, 'invalid-request'],
    ['no body', () => undefined, 400, 'invalid-request'],
    ['a hook that this service does not answer', (body) => ({ ...body, hook: 'order-sign' }), 400, 'unknown-hook'],
    ['no hook instance', (body) => ({ ...body, hookInstance: undefined }), 400, 'missing-parameter'],
    ['a hook instance that is no UUID', (body) => ({ ...body, hookInstance: '1' }), 400, 'invalid-parameter'],
    ['no context', (body) => ({ ...body, context: undefined }), 400, 'missing-parameter'],
    ['no patient as prefetch', (body) => ({ ...body, prefetch: {} }), 412, 'prefetch-missing'],
    [
      'another patient as prefetch',
      (body) => ({ ...body, prefetch: { patient: { resourceType: 'Patient', id: 'other' } } }),
      400,
      'prefetch-mismatch',
    ],
  ])('%s', async (_name, change, status, code) => {
    const answer = await hook(change(arrivalBody(patient) as unknown as Record<string, unknown>));
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(answer.headers['content-type']).toMatch(/application\/fhir\+json/);
    expect(answer.text).not.toMatch(/callahan/i);
  });

  it('a body over the limit', async () => {
    const answer = await hook({ ...arrivalBody(patient), padding: 'x'.repeat(6 * 1024 * 1024) });
    expect([answer.status, codeOf(answer)]).toEqual([413, 'body-too-large']);
  });

  it('a service that is not there', async () => {
    const answer = await emr.call('POST', `${gatewayUrl}/cds-services/another`, {
      ...emergency,
      body: arrivalBody(patient),
    });
    expect([answer.status, codeOf(answer)]).toEqual([404, 'unknown-service']);
  });

  it('a resource or operation that is not there', async () => {
    const answer = await emr.call('GET', `${fhirUrl}/Specimen?patient=1`, treatment);
    expect([answer.status, codeOf(answer)]).toEqual([404, 'unknown-interaction']);
  });

  it('another media type', async () => {
    const answer = await emr.call('POST', `${fhirUrl}/Patient/$match`, {
      ...treatment,
      body: '<Parameters/>',
      headers: { 'content-type': 'application/xml' },
    });
    expect([answer.status, codeOf(answer)]).toEqual([415, 'unsupported-media-type']);
  });

  it('no token, a token of nobody, and a token without the key it is bound to', async () => {
    const dispatcher = new Agent({ connect: { ca: exchange.ca } });
    const url = `${fhirUrl}/AllergyIntolerance?patient=1`;
    const { authorization } = await emr.authorization('GET', url, treatment);
    const answers = await Promise.all(
      [{}, { authorization: 'Bearer x.y.z' }, { authorization }].map(async (headers) => {
        const { statusCode, body } = await request(url, { dispatcher, headers });
        return { statusCode, outcome: (await body.json()) as OperationOutcome };
      }),
    );
    await dispatcher.destroy();
    for (const { statusCode, outcome } of answers) {
      expect(statusCode).toBe(401);
      expect(outcome.issue[0]?.details?.coding?.[0]?.code).toBe('not-authenticated');
    }
  });

  it('each with the request’s id, the caller’s own where it is a UUID, and never a word of its choice', async () => {
    const dispatcher = new Agent({ connect: { ca: exchange.ca } });
    const told = await Promise.all(
      [OWN_ID, 'callahan'].map(async (id) => {
        const url = `${fhirUrl}/AllergyIntolerance?patient=1`;
        const { statusCode, headers, body } = await request(url, { dispatcher, headers: { 'x-request-id': id } });
        await body.dump();
        return [statusCode, headers['x-request-id']];
      }),
    );
    await dispatcher.destroy();
    expect(told).toEqual([
      [401, OWN_ID],
      [401, expect.stringMatching(/^[0-9a-f-]{36}$/)],
    ]);
  });

  it('no purpose, a purpose nobody knows, and one the member may not claim: no token at all', async () => {
    for (const purpose of ['', 'CURIOSITY', 'HRESCH']) {
      await expect(emr.token({ purpose, scope: 'system/*.rs' })).rejects.toThrow(TokenRefused);
    }
  });

  it('a purpose that this door does not serve', async () => {
    const answer = await hook(arrivalBody(patient), { purpose: 'HPAYMT', scope: 'system/*.rs' });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'purpose-not-granted']);
  });

  it('a scope that does not cover what is asked', async () => {
    const answer = await hook(arrivalBody(patient), { purpose: 'ETREAT', scope: 'system/Patient.cu' });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'insufficient-scope']);
  });

  it('an unknown patient and a person who could be two: nothing tells them apart', async () => {
    const stories = await storiesOf(exchange);
    const told = async (demographics: Patient) => {
      const body = arrivalBody(demographics);
      const answer = await hook({ ...body, context: { ...body.context, patientId: 'p1' } });
      const { cards, extension } = answer.json<{ cards: { summary: string }[]; extension: Record<string, object> }>();
      const { outcome, coverage } = extension['org.hie-broker.answer'] as { outcome: string; coverage: unknown[] };
      return { status: answer.status, outcome, coverage, summaries: cards.map(({ summary }) => summary) };
    };
    const ambiguous = await arrivingPatient(exchange, stories.find(({ id }) => id === 'too-alike') as Story);
    const { identifier: _local, ...alike } = ambiguous;
    const stranger: Patient = {
      resourceType: 'Patient',
      name: [{ family: 'Vantongeren', given: ['Ysolde'] }],
      birthDate: '1971-02-03',
      gender: 'female',
    };
    expect(await told({ ...alike, id: 'p1' })).toEqual(await told({ ...stranger, id: 'p1' }));
  });

  it('a match without demographics', async () => {
    const answer = await emr.call('POST', `${fhirUrl}/Patient/$match`, {
      ...treatment,
      body: { resourceType: 'Parameters', parameter: [] },
    });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'missing-parameter']);
    const empty = await emr.call('POST', `${fhirUrl}/Patient/$match`, {
      ...treatment,
      body: matchBody({ resourceType: 'Patient' }),
    });
    // Nothing is known of the patient: nobody is meant, and the answer says so.
    const modes = empty.json<Bundle>().entry?.map(({ search }) => search?.mode);
    expect([empty.status, modes]).toEqual([200, ['outcome']]);
  });
});
