// ATTACKS.md B16: consent is down. Nobody decides in its place: what was asked ends as failed, no member is asked, and an emergency is no
// exception. What was asked meanwhile is not decided afterwards either.
import type { CallAnswer, OAuthClient } from '@hie/exchange-client';
import { entriesOf } from '@hie/local-exchange';
import type { Consent, Patient } from '@medplum/fhirtypes';
import { request } from 'undici';

import { arrivalBody, codeOf, emergency, emrOf, eventually, handleOf, matchBody, treatment } from '../support/doors.js';
import { LedgerAudit } from '../support/ledger-audit.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { refusalIn } from '../support/person-client.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { SignedInPerson } from '../support/signed-in-person.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

const DEADLINE = { deadlineMs: '1500' };

describe('B16: while consent is down', () => {
  let exchange: SharedExchange;
  let emr: OAuthClient;
  let patient: Patient;
  let handle: string;
  let hospitalId: string;
  let decisions: LedgerWatch;
  const failed: string[] = [];
  beforeAll(async () => {
    exchange = sharedExchange();
    const story = await leadStory(exchange);
    emr = emrOf(exchange, story);
    ({ hospitalId } = story.arrival);
    patient = await arrivingPatient(exchange, story);
    handle = await handleOf(exchange, story);
    expect((await arrive(emergency)).status).toBe(200);
    // Whatever was asked before has ended, and nothing of it is sent again when consent is back.
    const ledger = new LedgerAudit(exchange);
    await ledger.settled();
    await ledger.close();
    decisions = await LedgerWatch.on(exchange, 'disclosure.decided');
    await takeDown();
    await forEachMember('DELETE');
  }, 60_000);
  afterAll(async () => {
    await bringBack();
    await exchange.close();
  }, 60_000);

  const control = async (verb: 'down' | 'up' | 'ready'): Promise<void> => {
    const { statusCode, body } = await request(`${exchange.controlUrl}/${verb}/consent`, { method: 'POST' });
    await body.dump();
    expect(statusCode).toBe(204);
  };
  let isDown = false;
  const takeDown = async (): Promise<void> => {
    await control('down');
    isDown = true;
  };
  const bringBack = async (): Promise<void> => {
    if (isDown) await control('up');
    isDown = false;
    await control('ready');
  };
  /** How often each member was asked since its counters were set to zero. */
  const forEachMember = (method: 'GET' | 'DELETE'): Promise<readonly number[]> =>
    Promise.all(
      exchange.hospitals.map(async ({ id }) => {
        const { body } = await request(`${exchange.simulatorUrl}/admin/hospitals/${id}/counters`, { method });
        if (method === 'DELETE') return body.dump().then(() => 0);
        const { read, search, batch } = (await body.json()) as Record<'read' | 'search' | 'batch', number>;
        return read + search + batch;
      }),
    );
  const { url, fhirUrl } = {
    url: () => exchange.description.gateway.url,
    fhirUrl: () => exchange.description.gateway.fhirUrl,
  };
  const arrive = (use: typeof emergency | typeof treatment, headers: Record<string, string> = {}) =>
    emr.call('POST', `${url()}/cds-services/patient-arrival`, { ...use, body: arrivalBody(patient), headers });
  const read = (path: string, use: typeof emergency | typeof treatment) =>
    emr.call('GET', `${fhirUrl()}/${path}`, { ...use, headers: DEADLINE });

  it.each<[string, () => Promise<CallAnswer>]>([
    ['an arrival', () => arrive(treatment, DEADLINE)],
    ['an arrival in an emergency', () => arrive(emergency, DEADLINE)],
    ['a summary', () => read(`Patient/${handle}/$summary`, treatment)],
    ['a summary in an emergency', () => read(`Patient/${handle}/$summary`, emergency)],
    ['a search of allergies', () => read(`AllergyIntolerance?patient=${handle}`, treatment)],
    ['a search of allergies in an emergency', () => read(`AllergyIntolerance?patient=${handle}`, emergency)],
    [
      'a match',
      () =>
        emr.call('POST', `${fhirUrl()}/Patient/$match`, { ...treatment, body: matchBody(patient), headers: DEADLINE }),
    ],
  ])('%s ends as failed, and discloses nothing', async (_name, ask) => {
    const watch = await LedgerWatch.on(exchange, 'query.failed');
    const answer = await ask();
    expect([answer.status, codeOf(answer)]).toEqual([504, 'deadline-passed']);
    expect(answer.text).not.toMatch(/penicillin|warfarin|harborview|brigid/i);
    const entry = await watch.one();
    expect(entry).toMatchObject({ outcome: 'failed', reason: 'deadline-passed' });
    failed.push(String(entry['txn']));
    expect(await decisions.since()).toEqual([]);
    expect(await forEachMember('GET')).toEqual(exchange.hospitals.map(() => 0));
  });

  it('no glass is broken: there is nobody to open its case', async () => {
    const clinician = await SignedInPerson.of(exchange, hospitalId, 'Cleo Clinician', 'clinician');
    try {
      const broken = await LedgerWatch.on(exchange, 'glass.broken');
      const asked = await LedgerWatch.on(exchange, 'query.requested');
      const parameter = [
        ...(matchBody(patient).parameter ?? []),
        { name: 'reason', valueString: 'Unconscious after a fall.' },
      ];
      const answer = await clinician.call('POST', '/break-glass', 'BTG', { ...matchBody(patient), parameter });
      expect([answer.status, refusalIn(answer)]).toEqual([503, 'service-unavailable']);
      expect(JSON.stringify(answer.body)).not.toMatch(/penicillin|warfarin|harborview|brigid/i);
      expect(await forEachMember('GET')).toEqual(exchange.hospitals.map(() => 0));
      expect([await broken.since(), await asked.since()]).toEqual([[], []]);
    } finally {
      await clinician.close();
    }
  });

  it('a consent that is filed is not taken', async () => {
    const body: Consent = {
      resourceType: 'Consent',
      status: 'active',
      scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
      category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
      patient: { reference: `Patient/${handle}` },
      dateTime: '2026-11-01',
      provision: { type: 'permit' },
    };
    const answer = await emr.call('POST', `${fhirUrl()}/Consent`, {
      purpose: 'PATRQT',
      scope: 'system/Consent.cu',
      body,
    });
    expect([answer.status, codeOf(answer)]).toEqual([503, 'service-unavailable']);
  });

  it('what was asked is not decided once it is back, and what is asked then is', async () => {
    expect(failed.length).toBeGreaterThan(0);
    const refused = await LedgerWatch.on(exchange, 'message.refused');
    await bringBack();
    const late = await eventually(async () => {
      const entries = (await refused.since()).filter(({ entry }) => entry.service === 'consent');
      return entries.length >= failed.length ? entries : undefined;
    }, 30_000);
    expect(late.map(({ entry }) => entry.reason)).toEqual(failed.map(() => 'deadline-passed'));
    for (const txn of failed) {
      const actions = (await entriesOf(exchange, txn)).map(({ entry }) => entry.action);
      expect(actions).not.toContain('disclosure.decided');
      expect(actions).not.toContain('answer.assembled');
    }
    await eventually(async () => ((await arrive(emergency)).status === 200 ? true : undefined), 30_000);
  }, 90_000);
});
