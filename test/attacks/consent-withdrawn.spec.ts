// ATTACKS.md B8: a consent that is withdrawn while a query runs. Nothing leaves after the withdrawal was acknowledged.
import type { CallAnswer, OAuthClient } from '@hie/exchange-client';
import { queryRequested, recordsLocated } from '@hie/contracts';
import { entriesOf } from '@hie/local-exchange';
import type { Consent, Patient } from '@medplum/fhirtypes';

import { arrivalBody, emergency, emrOf, eventually, handleOf, treatment } from '../support/doors.js';
import { Intruder } from '../support/intruder.js';
import { LedgerAudit } from '../support/ledger-audit.js';
import { setFaults } from '../support/member-faults.js';
import { eventsOf } from '../support/server-sent-events.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

const SLOW = 'saint-brigid';
const asked = queryRequested.topic;
const located = recordsLocated.topic;

interface Answered {
  readonly cards: readonly { readonly summary: string }[];
  readonly extension: Record<string, { readonly outcome: string; readonly coverage: unknown[]; queryUrl: string }>;
}
interface Stages {
  readonly stages: readonly { readonly stage: string; readonly outcome: string }[];
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

describe('B8: a consent that is withdrawn', () => {
  let exchange: SharedExchange;
  let patient: Patient;
  let emr: OAuthClient;
  let handle: string;
  let filed: string | undefined;
  let ledger: LedgerAudit;
  let listener: Intruder;
  beforeAll(async () => {
    exchange = sharedExchange();
    const story = await leadStory(exchange);
    emr = emrOf(exchange, story);
    patient = await arrivingPatient(exchange, story);
    handle = await handleOf(exchange, story);
    ledger = new LedgerAudit(exchange);
    listener = await Intruder.listeningTo(exchange, [asked, located]);
  });
  afterEach(async () => {
    await setFaults(exchange, SLOW, undefined);
    if (filed !== undefined) await file('PUT', `Consent/${filed}`, { ...optOut(handle, 'inactive'), id: filed });
    filed = undefined;
  });
  afterAll(async () => {
    await listener.leave();
    await ledger.close();
    await exchange.close();
  });

  const file = (method: 'POST' | 'PUT', path: string, body: Consent): Promise<CallAnswer> =>
    emr.call(method, `${exchange.description.gateway.fhirUrl}/${path}`, {
      purpose: 'PATRQT',
      scope: 'system/Consent.cu',
      body,
    });
  /** Acknowledged when it returns. */
  const withdraw = async (): Promise<void> => {
    const answer = await file('POST', 'Consent', optOut(handle));
    expect(answer.status).toBe(201);
    filed = answer.json<Consent>().id;
  };
  const arrive = (headers: Record<string, string> = {}): Promise<CallAnswer> =>
    emr.call('POST', `${exchange.description.gateway.url}/cds-services/patient-arrival`, {
      ...emergency,
      body: arrivalBody(patient),
      headers,
    });
  const answerIn = (answer: CallAnswer) => {
    expect(answer.status).toBe(200);
    const { cards, extension } = answer.json<Answered>();
    const told = extension['org.hie-broker.answer'] as Answered['extension'][string];
    return { cards, ...told, txn: told.queryUrl.split('/').at(-1) ?? '' };
  };
  /** Waits until a decision about this member's question is in the ledger: the members are being asked. */
  const decidedSince = (since: number) =>
    eventually(async () => {
      const url = `${exchange.description.gateway.url}/ledger/entries?action=disclosure.decided&count=1`;
      const answer = await exchange.operator.call('GET', url, { purpose: 'HCOMPL', scope: 'exchange/ledger.read' });
      const [newest] = answer.json<{ entries: { entry: { at: string } }[] }>().entries;
      return newest !== undefined && Date.parse(newest.entry.at) >= since ? true : undefined;
    });
  const entry = (txn: string, action: string, reason: string) =>
    eventually(async () =>
      (await entriesOf(exchange, txn)).find(({ entry }) => entry.action === action && entry.reason === reason),
    );

  it('while a member is being asked leaves an answer like that of any denial, and the ledger says why', async () => {
    await setFaults(exchange, SLOW, { slowMs: 1_200 });
    const before = Date.now();
    const asking = arrive();
    await decidedSince(before);
    await withdraw();
    const { outcome, coverage, cards, txn } = answerIn(await asking);
    expect({ outcome, coverage }).toEqual({ outcome: 'not-disclosed', coverage: [] });
    expect(JSON.stringify(cards)).not.toMatch(/penicillin|warfarin|brigid|harborview/i);

    const denied = answerIn(await arrive());
    expect(cards.map(({ summary }) => summary)).toEqual(denied.cards.map(({ summary }) => summary));
    const { entry: said } = await entry(txn, 'answer.assembled', 'consent-changed');
    expect(said).toMatchObject({ outcome: 'denied' });
    const { entry: decided } = await entry(txn, 'disclosure.decided', 'default.ETREAT');
    expect(decided).toMatchObject({ outcome: 'success' });
  });

  it('while a query is pending, and nothing else goes on, leaves nothing of it, nor of what was answered before', async () => {
    const earlier = answerIn(await arrive());
    expect(earlier.outcome).toBe('answered');
    await ledger.settled();
    await eventually(() =>
      Promise.resolve(listener.on(located).some(({ key }) => String(key) === earlier.txn) || undefined),
    );
    const [questions, pending] = [listener.on(asked).length, listener.on(located).length];

    await setFaults(exchange, SLOW, { slowMs: 1_200 });
    const asking = arrive();
    // Listened to, and not asked for: the withdrawal is the next and last that happens in this exchange.
    await eventually(() => Promise.resolve(listener.on(located).length > pending || undefined));
    await withdraw();
    const { outcome, coverage, cards } = answerIn(await asking);
    expect({ outcome, coverage }).toEqual({ outcome: 'not-disclosed', coverage: [] });
    expect(JSON.stringify(cards)).not.toMatch(/penicillin|warfarin|brigid|harborview/i);
    const again = await emr.call('GET', earlier.queryUrl, emergency);
    expect(again.json<Stages>().stages.filter((stage) => stage.outcome === 'answered')).toEqual([]);
    expect(listener.on(asked).length).toBe(questions + 1);
  });

  it('while a slow member is waited for leaves nothing of what the others have said', async () => {
    await setFaults(exchange, SLOW, { slowMs: 4_000 });
    const url = `${exchange.description.gateway.fhirUrl}/Patient/${handle}/$summary`;
    const reading = emr.call('GET', url, { ...treatment, headers: { deadlineMs: '8000' } });
    // The critical set has been assembled and released by then, and lies in the gateway until the rest is there.
    await new Promise((resume) => setTimeout(resume, 2_500));
    await withdraw();
    const answer = await reading;
    const nobody = await emr.call('GET', url.replace(handle, 'A'.repeat(handle.length)), treatment);
    expect([answer.status, answer.text]).toEqual([404, nobody.text]);
  });

  it('after the answer leaves nothing to be read again, and no late result', async () => {
    await setFaults(exchange, SLOW, { slowMs: 4_500 });
    const answer = await arrive({ deadlineMs: '3000' });
    const { outcome, queryUrl, txn } = answerIn(answer);
    expect(outcome).toBe('answered');
    await withdraw();
    const read = await emr.call('GET', queryUrl, emergency);
    expect(read.status).toBe(200);
    expect(read.json<Stages>().stages.filter((stage) => stage.outcome === 'answered')).toEqual([]);
    const events = await eventsOf(emr, `${queryUrl}/events`, {
      ...emergency,
      ca: exchange.ca,
      until: (seen) => seen.some(({ event }) => event === 'end'),
    });
    expect(JSON.stringify(events)).not.toMatch(/penicillin|warfarin|harborview/i);
    await entry(txn, 'answer.withheld', 'consent-changed');
  });
});
