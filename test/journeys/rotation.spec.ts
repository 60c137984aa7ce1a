// Keys and certificates are changed while the exchange runs: every question is answered, and what was signed with a former key is not
// believed any more (ATTACKS A25).
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type PeerCertificate, connect } from 'node:tls';

import { queryRequested } from '@hie/contracts';
import { READ_WITHIN_MS, askOnArrival, certificateAuthority, rotateKeys } from '@hie/local-exchange';
import type { Story } from '@hie/population';
import { digestOf, peekSeal } from '@hie/purpose-of-use';
import type { Patient } from '@medplum/fhirtypes';

import { emrOf, eventually } from '../support/doors.js';
import { Intruder } from '../support/intruder.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, storiesOf } from '../support/stories.js';

describe('while the exchange runs', () => {
  let exchange: SharedExchange;
  let story: Story;
  let patient: Patient;
  let intruder: Intruder;
  beforeAll(async () => {
    exchange = sharedExchange();
    story = (await storiesOf(exchange)).find(({ id }) => id === 'unconscious-arrival') as Story;
    patient = await arrivingPatient(exchange, story);
    intruder = await Intruder.listeningTo(exchange, [queryRequested.topic]);
  });
  afterAll(async () => {
    await intruder.leave();
    await exchange.close();
  });

  /** Asks one question after the other until told to stop. @returns how many were answered; a failure is thrown. */
  function asking(): () => Promise<number> {
    let isOver = false;
    const emr = emrOf(exchange, story);
    const all = (async () => {
      for (let answered = 0; ; answered += 1) {
        if (isOver) return answered;
        await askOnArrival(exchange, emr, { patient });
      }
    })();
    return () => {
      isOver = true;
      return all;
    };
  }

  it('A25: every service’s keys are changed without an unanswered question; a former key is worth nothing', async () => {
    const trust = join(exchange.run, 'trust');
    const former = mkdtempSync(join(tmpdir(), 'hie-former-'));
    cpSync(trust, former, { recursive: true });
    const stop = asking();
    const rotation = rotateKeys(trust);
    for (const step of ['publish', 'use', 'retire'] as const) {
      rotation[step]();
      await pause(READ_WITHIN_MS);
    }
    expect(await stop()).toBeGreaterThan(3);
    const kids = intruder.on(queryRequested.topic).map(({ headers }) => peekSeal(String(headers?.['hie-seals'])).kid);
    expect(kids.at(-1)).not.toBe(kids[0]);

    const nowS = Math.floor(Date.now() / 1000);
    const txn = '0b0c7f9e-5a5f-4d0e-9a51-3a4b8f1c2d3e';
    const claims = {
      iss: exchange.description.gateway.url,
      aud: 'hie.example',
      iat: nowS,
      nbf: nowS,
      exp: nowS + 60,
      jti: txn,
      txn,
      sub: 'mercy-general-emr',
      req_wl: ['gateway'],
      scope: 'hie.match hie.retrieve',
      tctx: { purp: 'ETREAT', qh: digestOf('{}'), org: 'mercy-general', res: [], deadline: Date.now() + 5_000 },
      rctx: {},
    } as const;
    const forged = await intruder.question({ txn, query: '{}' }, claims, { keysIn: former });
    await intruder.send(queryRequested.topic, forged);
    await eventually(() =>
      Promise.resolve(intruder.refusals(queryRequested.topic).includes('seal-key-unknown') ? true : undefined),
    );
    rmSync(former, { recursive: true });
  }, 120_000);

  it('a service takes its new certificate, and nobody is cut off', async () => {
    const { hostname, port } = new URL(exchange.description.gateway.url);
    const served = (): Promise<PeerCertificate> =>
      new Promise((resolve, reject) => {
        const socket = connect({ host: hostname, port: Number(port), ca: exchange.ca }, () => {
          resolve(socket.getPeerCertificate());
          socket.destroy();
        }).once('error', reject);
      });
    const before = await served();
    const stop = asking();
    const authority = await certificateAuthority(dirname(exchange.description.caCertificate));
    for (const service of ['gateway', 'consent', 'participants']) await authority.renew(service);
    const after = await eventually(async () => {
      const now = await served();
      return now.serialNumber === before.serialNumber ? undefined : now;
    }, 30_000);
    expect(after.subject.CN).toBe('gateway');
    expect(await stop()).toBeGreaterThan(0);
    // Over a connection made with the new certificate, on both ends.
    const listed = await exchange.operator.call('GET', `${exchange.description.gateway.url}/members`, {
      purpose: 'HSYSADMIN',
      scope: 'exchange/participants.read',
    });
    expect(listed.status).toBe(200);
  }, 60_000);
});
