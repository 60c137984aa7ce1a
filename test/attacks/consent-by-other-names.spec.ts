// ATTACKS.md B7, B13 and the grant to oneself: a denial holds under every name and number of the patient, and nobody lifts it but who filed it.
import type { CallAnswer, OAuthClient } from '@hie/exchange-client';
import { entriesOf } from '@hie/local-exchange';
import type { Story } from '@hie/population';
import type { Bundle, Consent, Patient } from '@medplum/fhirtypes';

import { arrivalBody, codeOf, emergency, emrOf, eventually, handleOf, matchBody, treatment } from '../support/doors.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, storiesOf } from '../support/stories.js';

const ROLE = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const PURPOSE = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

const consentOf = (handle: string, provision: Consent['provision'], status: Consent['status'] = 'active'): Consent => ({
  resourceType: 'Consent',
  status,
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${handle}` },
  dateTime: '2026-11-01',
  ...(provision === undefined ? {} : { provision }),
});

interface Answered {
  readonly extension: Record<string, { readonly outcome: string; readonly queryUrl: string }>;
}

describe('a denial', () => {
  let exchange: SharedExchange;
  let story: Story;
  let patient: Patient;
  let emr: OAuthClient;
  let others: OAuthClient;
  let othersHandle: string;
  let filed: Consent;
  beforeAll(async () => {
    exchange = sharedExchange();
    story = (await storiesOf(exchange)).find(({ given }) => given === 'opt-out') as Story;
    patient = await arrivingPatient(exchange, story);
    emr = emrOf(exchange, story);
    others = exchange.clientOf(
      exchange.hospital(exchange.hospitals.map(({ id }) => id).find((id) => id !== story.arrival.hospitalId) as string),
    );
    othersHandle = await handleOf(exchange, story, others);
    const answer = await file(others, 'POST', 'Consent', consentOf(othersHandle, { type: 'deny' }));
    expect(answer.status).toBe(201);
    filed = answer.json<Consent>();
    await eventually(async () => ((await outcomeOf(patient)) === 'not-disclosed' ? true : undefined));
  }, 60_000);
  afterAll(async () => {
    await file(others, 'PUT', `Consent/${filed.id}`, {
      ...consentOf(othersHandle, { type: 'deny' }, 'inactive'),
      id: filed.id as string,
    });
    await eventually(async () => ((await outcomeOf(patient)) === 'answered' ? true : undefined));
    await exchange.close();
  });

  const file = (client: OAuthClient, method: 'POST' | 'PUT', path: string, body: Consent): Promise<CallAnswer> =>
    client.call(method, `${exchange.description.gateway.fhirUrl}/${path}`, {
      purpose: 'PATRQT',
      scope: 'system/Consent.cu',
      body,
    });
  const arrive = async (who: Patient): Promise<Answered['extension'][string]> => {
    const answer = await emr.call('POST', `${exchange.description.gateway.url}/cds-services/patient-arrival`, {
      ...emergency,
      body: arrivalBody(who),
    });
    expect(answer.status).toBe(200);
    return answer.json<Answered>().extension['org.hie-broker.answer'] as Answered['extension'][string];
  };
  const outcomeOf = async (who: Patient): Promise<string> => (await arrive(who)).outcome;

  const without = ({ identifier: _numbers, ...rest }: Patient): Patient => rest;
  const named =
    (change: (name: string) => string) =>
    (who: Patient): Patient => ({
      ...who,
      name: (who.name ?? []).map((name) => ({
        ...name,
        ...(name.family === undefined ? {} : { family: change(name.family) }),
        ...(name.given === undefined ? {} : { given: name.given.map(change) }),
      })),
    });
  const numbered =
    (change: (value: string) => string) =>
    (who: Patient): Patient => ({
      ...who,
      identifier: (who.identifier ?? []).map((each) => ({ ...each, value: change(each.value ?? '') })),
    });

  it.each<[string, (who: Patient) => Patient]>([
    ['her demographics alone', without],
    ['her name in capitals', named((name) => name.toUpperCase())],
    ['her name in small letters, without a number', (who) => named((name) => name.toLowerCase())(without(who))],
    ['her name in decomposed Unicode', named((name) => name.normalize('NFD'))],
    ['her name between blanks', named((name) => `  ${name} `)],
    ['her number between blanks', numbered((value) => ` ${value} `)],
    ['her number in small letters', numbered((value) => value.toLowerCase())],
    ['her number twice', (who) => ({ ...who, identifier: [...(who.identifier ?? []), ...(who.identifier ?? [])] })],
    ['her other hospital’s number', (who) => ({ ...without(who), identifier: [] })],
  ])('B7: by another hospital holds for %s', async (_name, change) => {
    const { outcome, queryUrl } = await arrive(change(patient));
    expect(outcome).toBe('not-disclosed');
    const txn = queryUrl.split('/').at(-1) ?? '';
    const decided = await eventually(async () =>
      (await entriesOf(exchange, txn)).find(({ entry }) => entry.action === 'disclosure.decided'),
    );
    expect(['denied', 'empty']).toContain(decided.entry.outcome);
  });

  it('B7: holds at every door, for a handle given before it', async () => {
    const { fhirUrl } = exchange.description.gateway;
    const match = await emr.call('POST', `${fhirUrl}/Patient/$match`, { ...treatment, body: matchBody(patient) });
    const told = (match.json<Bundle>().entry ?? []).map(({ resource }) => resource?.resourceType);
    expect(told).not.toContain('Patient');
    for (const path of ['Patient/{id}/$summary', 'AllergyIntolerance?patient={id}', 'MedicationRequest?patient={id}']) {
      const answer = await others.call('GET', `${fhirUrl}/${path.replace('{id}', othersHandle)}`, treatment);
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 404, 'patient-not-disclosed']);
    }
  });

  it('B13: is not changed by a member that did not file it', async () => {
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const stolen = await file(emr, 'PUT', `Consent/${filed.id}`, {
      ...consentOf(othersHandle, { type: 'permit' }),
      id: filed.id as string,
    });
    expect(stolen.status).toBe(404);
    expect(await watch.one()).toMatchObject({
      ...{ outcome: 'refused', reason: 'consent-of-another', purpose: 'PATRQT' },
      requester: { memberId: story.arrival.hospitalId },
    });
    expect(await outcomeOf(patient)).toBe('not-disclosed');
  });

  it('B13: by one hospital is not overruled by a permit that another files for itself', async () => {
    // The hospital that asks has no handle while the denial stands; it files under one that it was given before.
    await file(others, 'PUT', `Consent/${filed.id}`, {
      ...consentOf(othersHandle, { type: 'deny' }, 'inactive'),
      id: filed.id as string,
    });
    await eventually(async () => ((await outcomeOf(patient)) === 'answered' ? true : undefined));
    const handle = await handleOf(exchange, story);
    await file(others, 'PUT', `Consent/${filed.id}`, {
      ...consentOf(othersHandle, { type: 'deny' }),
      id: filed.id as string,
    });
    await eventually(async () => ((await outcomeOf(patient)) === 'not-disclosed' ? true : undefined));
    const permit = {
      type: 'permit' as const,
      purpose: [{ system: PURPOSE, code: 'ETREAT' }],
      actor: [
        {
          role: { coding: [{ system: ROLE, code: 'IRCP' }] },
          reference: { reference: `Organization/${story.arrival.hospitalId}` },
        },
      ],
    };
    const own = await file(emr, 'POST', 'Consent', consentOf(handle, permit));
    expect(own.status).toBe(201);
    for (let look = 0; look < 5; look += 1) expect(await outcomeOf(patient)).toBe('not-disclosed');
    const { id } = own.json<Consent>();
    await file(emr, 'PUT', `Consent/${id}`, { ...consentOf(handle, permit, 'inactive'), id: id as string });
  }, 60_000);
});
