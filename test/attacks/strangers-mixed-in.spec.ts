// ATTACKS.md B5 by a contained reference and by a Bundle entry: a member answers, or somebody feeds, what is about another patient or lies at
// another server. It is not shown, and nobody looks there. What is about the patient stays.
import { randomUUID } from 'node:crypto';

import type { CallAnswer, OAuthClient } from '@hie/exchange-client';
import type { Bundle, Patient } from '@medplum/fhirtypes';

import { arrivalBody, emergency, emrOf, eventually, handleOf, matchBody, treatment } from '../support/doors.js';
import { Elsewhere } from '../support/elsewhere.js';
import { type MemberFaults, setFaults } from '../support/member-faults.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

/** Hold the anaphylaxis and the warfarin of the lead story. */
const MIXING = ['saint-brigid', 'harborview'] as const;
const feeds = { purpose: 'HOPERAT', scope: 'system/Patient.cu' } as const;

interface Told {
  readonly coverage: readonly { readonly memberId: string; readonly status: string; readonly reason: string }[];
}

describe('B5: what is about another patient, or at another server,', () => {
  let exchange: SharedExchange;
  let emr: OAuthClient;
  let patient: Patient;
  let handle: string;
  let elsewhere: Elsewhere;
  let url: string;
  beforeAll(async () => {
    exchange = sharedExchange();
    const story = await leadStory(exchange);
    emr = emrOf(exchange, story);
    patient = await arrivingPatient(exchange, story);
    handle = await handleOf(exchange, story);
    elsewhere = await Elsewhere.open();
    url = `http://127.0.0.1:${elsewhere.port}`;
  });
  afterEach(() => mix(undefined));
  afterAll(async () => {
    await elsewhere.close();
    await exchange.close();
  });

  const mix = async (faults: MemberFaults | undefined): Promise<void> => {
    for (const memberId of MIXING) await setFaults(exchange, memberId, faults);
  };
  const read = (path: string): Promise<CallAnswer> =>
    emr.call('GET', `${exchange.description.gateway.fhirUrl}/${path}`, treatment);
  const arrive = (over: object = {}): Promise<CallAnswer> =>
    emr.call('POST', `${exchange.description.gateway.url}/cds-services/patient-arrival`, {
      ...emergency,
      body: { ...arrivalBody(patient), ...over },
    });
  const rowOf = (answer: CallAnswer) =>
    (answer.json<{ extension: Record<string, Told> }>().extension['org.hie-broker.answer'] as Told).coverage.find(
      ({ memberId }) => memberId === MIXING[0],
    );

  it.each<[string, () => Promise<CallAnswer>, RegExp]>([
    ['cards', () => arrive(), /penicillin/i],
    ['a summary', () => read(`Patient/${handle}/$summary`), /penicillin/i],
    ['allergies', () => read(`AllergyIntolerance?patient=${handle}`), /penicillin/i],
    ['medications', () => read(`MedicationRequest?patient=${handle}`), /warfarin/i],
  ])('is not shown in %s, nor looked for', async (_what, ask, own) => {
    const before = await ask();
    expect(before.status).toBe(200);
    expect(before.text).toMatch(own);
    await mix({ strangers: url });
    const mixed = await ask();
    expect(mixed.status).toBe(200);
    expect(mixed.text).toMatch(own);
    expect(mixed.text).not.toMatch(/smuggled|stranger"|another-patients|another-servers/i);
    expect(mixed.text).not.toContain(`${url}/Patient`);
    expect(elsewhere.callers).toBe(0);
  });

  it('leaves the member in the answer, with a word that something of it is missing', async () => {
    await mix({ strangers: url });
    expect(rowOf(await arrive())).toMatchObject({ status: 'answered', reason: 'partial' });
  });

  it('is no further page of a member’s answer', async () => {
    await setFaults(exchange, MIXING[0], { nextPageAt: `${url}/next` });
    const answer = await arrive();
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/warfarin/i);
    expect(['failed', 'answered']).toContain(rowOf(answer)?.status);
    expect(rowOf(answer)?.reason).not.toBe('complete');
    expect(elsewhere.callers).toBe(0);
  });

  it('is not fetched with what an arrival brings along', async () => {
    const fhirAuthorization = {
      ...{ access_token: 'x', token_type: 'Bearer', expires_in: 300, scope: 'patient/*.rs', subject: 'x' },
    };
    const contained = [{ resourceType: 'Patient', id: 'b', name: [{ family: 'Smuggled' }] }];
    const link = [{ other: { reference: `${url}/Patient/9` }, type: 'seealso' }];
    const brought = { ...patient, contained, link, managingOrganization: { reference: `${url}/Organization/1` } };
    const answer = await arrive({ fhirServer: url, fhirAuthorization, prefetch: { patient: brought } });
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/penicillin/i);
    expect(answer.text).not.toMatch(/smuggled/i);
    expect(elsewhere.callers).toBe(0);
  });

  it('does not join a patient that is fed to another by its word', async () => {
    const other = exchange.clientOf(exchange.hospital('lakeside'));
    const { identifierSystem: system } = exchange.hospital('lakeside');
    const identifier = [{ system, value: `B5-${randomUUID()}` }];
    const stranger: Patient = {
      resourceType: 'Patient',
      identifier,
      name: [{ use: 'official', family: 'Thistlewood', given: ['Perpetua'] }],
      birthDate: '1931-02-11',
    };
    const fed = {
      ...stranger,
      contained: [{ ...patient, id: 'b' }],
      link: [
        { other: { reference: `Patient/${handle}` }, type: 'replaced-by' },
        { other: { reference: '#b' }, type: 'seealso' },
        { other: { reference: `${url}/Patient/9` }, type: 'refer' },
      ],
    };
    const query = new URLSearchParams({ identifier: `${system}|${identifier[0]?.value ?? ''}` });
    const { fhirUrl } = exchange.description.gateway;
    const put = await other.call('PUT', `${fhirUrl}/Patient?${query}`, { ...feeds, body: fed });
    expect(put.status).toBe(201);
    const named = await eventually(async () => {
      const match = await other.call('POST', `${fhirUrl}/Patient/$match`, { ...treatment, body: matchBody(stranger) });
      return match.json<Bundle>().entry?.[0]?.resource?.id;
    });
    const summary = await other.call('GET', `${fhirUrl}/Patient/${named}/$summary`, treatment);
    expect(summary.text).not.toMatch(/penicillin|warfarin|harborview|brigid/i);
    expect(elsewhere.callers).toBe(0);
  });

  it('is no entry of a feed', async () => {
    const { fhirUrl } = exchange.description.gateway;
    const other = exchange.clientOf(exchange.hospital('lakeside'));
    const entry = [
      { request: { method: 'PUT', url: `${url}/Patient?identifier=x|y` }, resource: patient },
      { fullUrl: `${url}/Patient/1`, request: { method: 'GET', url: `Patient/${handle}` } },
      { fullUrl: `${url}/Patient/2`, request: { method: 'PUT', url: `Patient/${handle}` }, resource: patient },
    ];
    const body = { resourceType: 'Bundle', type: 'batch', entry };
    const answer = await other.call('POST', fhirUrl, { ...feeds, body });
    const statuses = answer.json<Bundle>().entry?.map(({ response }) => response?.status.slice(0, 1)) ?? ['4'];
    expect([answer.status < 500, new Set(statuses)]).toEqual([true, new Set(['4'])]);
    expect(elsewhere.callers).toBe(0);
  });
});
