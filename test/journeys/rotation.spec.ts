// Keys and certificates are changed while the exchange runs: every question is answered, and what was signed with a former key is not
// believed any more (ATTACKS A25).
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type PeerCertificate, connect } from 'node:tls';

import { deadLetterTopic, patientIdentified, queryRequested } from '@hie/contracts';
import { READ_WITHIN_MS, askOnArrival, certificateAuthority, rotateKeys } from '@hie/local-exchange';
import type { Story } from '@hie/population';
import { type TransactionClaims, mintTransactionToken, peekSeal } from '@hie/purpose-of-use';
import type { Patient } from '@medplum/fhirtypes';
import type { KafkaMessage } from 'kafkajs';

import { emrOf, eventually } from '../support/doors.js';
import { Intruder } from '../support/intruder.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';
import { tokenKeyIn, transactionClaims } from '../support/transaction-tokens.js';

const asked = queryRequested.topic;
const identified = patientIdentified.topic;
const { query } = queryRequested.example;

describe('while the exchange runs', () => {
  let exchange: SharedExchange;
  let story: Story;
  let patient: Patient;
  let intruder: Intruder;
  let trust: string;
  /** A copy of every key as it was before the change. */
  let former: string;
  /** A transaction whose token the former key signed, and that its first hop met before that key was retired. */
  let met: { readonly claims: TransactionClaims; readonly token: string };
  beforeAll(async () => {
    exchange = sharedExchange();
    story = await leadStory(exchange);
    patient = await arrivingPatient(exchange, story);
    intruder = await Intruder.listeningTo(exchange, [asked, identified]);
    trust = join(exchange.run, 'trust');
    former = mkdtempSync(join(tmpdir(), 'hie-former-'));
    cpSync(trust, former, { recursive: true });
  });
  afterAll(async () => {
    rmSync(former, { recursive: true });
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

  const byFormer = (claims: TransactionClaims): string => {
    const { kid, key } = tokenKeyIn(former);
    return mintTransactionToken(claims, kid, key);
  };
  /** A question under the gateway's present seal, its token signed by the former key. */
  async function askUnderFormer(claims: TransactionClaims, token = byFormer(claims)): Promise<string> {
    await intruder.send(asked, await intruder.question({ txn: claims.txn, query }, claims, { token }));
    return token;
  }
  const of =
    ({ txn }: TransactionClaims) =>
    ({ key }: KafkaMessage): boolean =>
      String(key) === txn;
  const isIdentified = (claims: TransactionClaims): boolean => intruder.on(identified).some(of(claims));
  const letters = (token: string) =>
    intruder.on(deadLetterTopic(asked)).filter(({ headers }) => String(headers?.['hie-token']) === token);
  /** Lives for as long as any token may. */
  const longLived = (): TransactionClaims => {
    const { tctx, iat } = transactionClaims(exchange, query);
    const deadline = Date.now() + 110_000;
    return transactionClaims(exchange, query, { exp: iat + 115, tctx: { ...tctx, deadline } });
  };

  it('A25: every service’s keys are changed without an unanswered question; a former key is worth nothing', async () => {
    const stop = asking();
    const rotation = rotateKeys(trust);
    for (const step of ['publish', 'use', 'retire'] as const) {
      if (step === 'retire') {
        const claims = longLived();
        met = { claims, token: await askUnderFormer(claims) };
        await eventually(() => Promise.resolve(isIdentified(claims) || undefined));
      }
      rotation[step]();
      await pause(READ_WITHIN_MS);
    }
    expect(await stop()).toBeGreaterThan(3);
    const kids = intruder.on(asked).map(({ headers }) => peekSeal(String(headers?.['hie-seals'])).kid);
    expect(kids.at(-1)).not.toBe(kids[0]);

    const watch = await LedgerWatch.on(exchange, 'message.refused');
    const claims = transactionClaims(exchange, query);
    await intruder.send(asked, await intruder.question({ txn: claims.txn, query }, claims, { keysIn: former }));
    await eventually(() => Promise.resolve(intruder.refusals(asked).includes('seal-key-unknown') || undefined));
    expect(await watch.one()).toMatchObject({ outcome: 'refused', reason: 'seal-key-unknown' });
  }, 120_000);

  it('A25: a token by the gateway’s former key is worth nothing under its present seal', async () => {
    const watch = await LedgerWatch.on(exchange, 'message.refused');
    const claims = longLived();
    const token = await askUnderFormer(claims);
    const [letter] = await eventually(() => Promise.resolve(letters(token).length > 0 ? letters(token) : undefined));
    expect(String(letter?.headers?.['hie-refusal'])).toBe('token-key-unknown');
    expect(await watch.one()).toMatchObject({ outcome: 'refused', reason: 'token-key-unknown' });
    expect(isIdentified(claims)).toBe(false);
  });

  it('A25: a token that a hop had met before its key was retired is not believed there any more', async () => {
    const { claims, token } = met;
    const handled = (): number => intruder.on(identified).filter(of(claims)).length + letters(token).length;
    // Believed for ten seconds after it was verified: asked again until it is not, one question at a time.
    const letter = await eventually(async () => {
      const before = handled();
      await askUnderFormer(claims, token);
      await eventually(() => Promise.resolve(handled() > before || undefined));
      return letters(token)[0];
    }, 30_000);
    expect(String(letter.headers?.['hie-refusal'])).toBe('token-key-unknown');
  }, 60_000);

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
