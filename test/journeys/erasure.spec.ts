// A patient is erased: the details of what happened go, the fact that it happened stays, and so does every proof.
import { createSecretKey } from 'node:crypto';

import { openAsPatient, parseLeaf } from '@hie/ledger-entry';
import { type ShownEntry, askOnArrival, entriesOf, verifyReceipt } from '@hie/local-exchange';
import type { Story } from '@hie/population';
import { verifyLog } from '@hie/transparency-log';

import { emrOf, eventually, handleOf } from '../support/doors.js';
import { refusalIn } from '../support/person-client.js';
import { PublicLog } from '../support/public-log.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { SignedInPerson } from '../support/signed-in-person.js';
import { arrivingPatient, storiesOf } from '../support/stories.js';

describe('a patient who is erased from the ledger', () => {
  let exchange: SharedExchange;
  let log: PublicLog;
  let officer: SignedInPerson;
  let story: Story;
  beforeAll(async () => {
    exchange = sharedExchange();
    log = new PublicLog(exchange);
    officer = await SignedInPerson.ofOperator(exchange, 'Olga Officer', 'compliance-officer');
    story = (await storiesOf(exchange)).find(({ id }) => id === 'dose-disagreement') as Story;
  });
  afterAll(async () => {
    await officer.close();
    await log.close();
    await exchange.close();
  });

  const ask = <T>(method: 'POST' | 'DELETE' | 'GET', path: string, body?: object) =>
    officer.call<T>(method, `/ledger/${path}`, 'HCOMPL', body);
  const decided = (txn: string): Promise<ShownEntry> =>
    eventually(async () => (await entriesOf(exchange, txn)).find(({ entry }) => entry.action === 'disclosure.decided'));

  it('leaves who, why and when, loses the details, and breaks no proof; a legal hold prevents it', async () => {
    const patient = await arrivingPatient(exchange, story);
    const emr = emrOf(exchange, story);
    const { queryUrl, receipt } = await askOnArrival(exchange, emr, { patient });
    const txn = queryUrl.split('/').at(-1) ?? '';
    expect((await decided(txn)).entry['details']).toMatchObject({ policy: 'default-1' });

    // As the hospital that knows the patient names her to the exchange's compliance staff.
    const handle = await handleOf(exchange, story);
    const named = `https://hie.example/fhir/member-patient/${story.arrival.hospitalId}|${handle}`;
    const placed = await ask<{ holdId: string }>('POST', 'holds', { patient: named, matter: '2026/0117' });
    expect(placed.status).toBe(201);
    const refused = await ask('POST', 'erasures', { patient: named, matter: 'REQ-9' });
    expect([refused.status, refusalIn(refused)]).toEqual([409, 'legal-hold']);
    expect((await decided(txn)).entry['details']).toBeDefined();

    // The patient’s own key opens what is the patient’s, from the public files alone.
    const handed = await ask<{ key: string }>('POST', 'patient-keys', { patient: named, matter: 'REQ-8' });
    const patientKey = createSecretKey(Buffer.from(handed.body.key, 'base64url'));
    const own = async () => {
      const actions: string[] = [];
      await verifyLog(log.reader, log.witnessedTrust, {
        onEntry: (_index, bytes) => {
          const opened = openAsPatient(parseLeaf(bytes), patientKey);
          if (opened?.txn === txn) actions.push(opened.action);
        },
      });
      return actions.includes('answer.assembled') ? actions : undefined;
    };
    expect(await eventually(own)).toContain('disclosure.decided');

    const { holdId } = placed.body;
    expect((await ask<{ holds: { holdId: string }[] }>('GET', 'holds')).body.holds).toEqual([
      expect.objectContaining({ holdId, matter: '2026/0117' }),
    ]);
    expect((await ask('DELETE', `holds/${holdId}`)).status).toBe(204);
    const before = (await log.checkpoints(exchange.description.ledger.checkpointsUrl)).at(-1);
    expect((await ask('POST', 'erasures', { patient: named, matter: 'REQ-9' })).status).toBe(201);

    const { entry } = await decided(txn);
    expect(entry).toMatchObject({ action: 'disclosure.decided', purpose: 'ETREAT', at: expect.any(String) as unknown });
    expect(entry['details']).toBeUndefined();
    expect((await verifyReceipt(exchange, receipt)).steps.filter(({ ok }) => !ok)).toEqual([]);
    const verdict = await verifyLog(log.reader, log.witnessedTrust, { older: before === undefined ? [] : [before] });
    expect(verdict.kind).toBe('verified');
  });

  it('is asked for by compliance staff alone, and by a name that can be one', async () => {
    const url = `${exchange.description.gateway.url}/ledger/erasures`;
    const body = { patient: `Patient/${await handleOf(exchange, story)}`, matter: 'REQ-10' };
    const asEmr = await emrOf(exchange, story).call('POST', url, { purpose: 'TREAT', scope: 'system/*.rs', body });
    expect(asEmr.status).toBe(403);
    expect((await ask('POST', 'erasures', { patient: 'somebody', matter: 'REQ-10' })).status).toBe(400);
    expect((await ask('POST', 'erasures', { ...body, matter: 'Jane Doe’s request' })).status).toBe(400);
    // The exchange’s own staff have another handle for everybody: this one names nobody to them.
    expect((await ask('POST', 'erasures', body)).status).toBe(404);
  });
});
