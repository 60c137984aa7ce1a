// Messages that somebody inside puts on the log: each consumer refuses them before it reads the payload, puts them aside with the
// reason, and the ledger shows the attempt.
import { randomUUID } from 'node:crypto';

import { patientIdentified, queryRequested } from '@hie/contracts';
import { type ArrivalAnswer, type ShownEntry, askOnArrival } from '@hie/local-exchange';
import type { Story } from '@hie/population';
import { type TransactionClaims, digestOf } from '@hie/purpose-of-use';
import type { KafkaMessage } from 'kafkajs';

import { emrOf, eventually } from '../support/doors.js';
import { Intruder, type TakenMessage } from '../support/intruder.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, storiesOf } from '../support/stories.js';

const asked = queryRequested.topic;
const identified = patientIdentified.topic;

describe('a message by somebody inside', () => {
  let exchange: SharedExchange;
  let intruder: Intruder;
  let first: KafkaMessage;
  let second: KafkaMessage;
  beforeAll(async () => {
    exchange = sharedExchange();
    intruder = await Intruder.listeningTo(exchange, [asked, identified]);
    first = await questionOf(await arrive());
    second = await questionOf(await arrive());
  }, 60_000);
  afterAll(async () => {
    await intruder.leave();
    await exchange.close();
  });

  async function arrive(): Promise<ArrivalAnswer> {
    const story = (await storiesOf(exchange)).find(({ id }) => id === 'unconscious-arrival') as Story;
    const patient = await arrivingPatient(exchange, story);
    return askOnArrival(exchange, emrOf(exchange, story), { patient });
  }

  const questionOf = ({ queryUrl }: ArrivalAnswer): Promise<KafkaMessage> =>
    eventually(() => Promise.resolve(intruder.on(asked).find(({ key }) => queryUrl.endsWith(String(key)))));

  const refusedEntries = async (): Promise<readonly ShownEntry[]> => {
    const url = `${exchange.description.gateway.url}/ledger/entries?action=message.refused&count=200`;
    const answer = await exchange.operator.call('GET', url, { purpose: 'HCOMPL', scope: 'exchange/ledger.read' });
    return answer.json<{ entries: ShownEntry[] }>().entries;
  };

  const taken = ({ key, value, headers = {} }: KafkaMessage, over: Partial<TakenMessage> = {}): TakenMessage => ({
    key,
    value,
    headers,
    ...over,
  });
  const without = (headers: KafkaMessage['headers'] = {}, name: string) =>
    Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));

  const claimsOf = (query: string, over: Partial<TransactionClaims> = {}): TransactionClaims => {
    const nowS = Math.floor(Date.now() / 1000);
    return {
      iss: exchange.description.gateway.url,
      aud: 'hie.example',
      iat: nowS,
      nbf: nowS,
      exp: nowS + 60,
      jti: randomUUID(),
      txn: randomUUID(),
      sub: 'mercy-general-emr',
      req_wl: ['gateway'],
      scope: 'hie.match hie.retrieve',
      tctx: {
        purp: 'ETREAT',
        qh: digestOf(query),
        org: 'mercy-general',
        res: ['AllergyIntolerance'],
        deadline: Date.now() + 5_000,
      },
      rctx: {},
      ...over,
    };
  };
  const ask = (
    over: Partial<TransactionClaims>,
    query = '{}',
    by: Parameters<Intruder['question']>[2] = {},
  ): Promise<TakenMessage> => {
    const claims = claimsOf('{}', over);
    return intruder.question({ txn: claims.txn, query }, claims, by);
  };
  /** By a service whose clock is off; it believes its own clock and mints and seals by it. */
  const askAt = (offsetS: number): Promise<TakenMessage> => {
    const at = nowS() + offsetS;
    const deadline = Date.now() + offsetS * 1000 + 5_000;
    const { tctx } = claimsOf('{}');
    return ask({ iat: at, nbf: at, exp: at + 60, tctx: { ...tctx, deadline } }, '{}', {
      now: () => Date.now() + offsetS * 1000,
    });
  };
  const withPurpose = (token: string, purp: string): string => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as TransactionClaims;
    const changed = { ...claims, tctx: { ...claims.tctx, purp } };
    return `${header}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${signature}`;
  };
  const nowS = (): number => Math.floor(Date.now() / 1000);

  it.each<[string, string, () => TakenMessage | Promise<TakenMessage>, string]>([
    ['E1: no token', asked, () => taken(first, { headers: without(first.headers, 'hie-token') }), 'header-missing'],
    ['E1: no seal', asked, () => taken(first, { headers: without(first.headers, 'hie-seals') }), 'header-missing'],
    [
      'E4: the token of another message',
      asked,
      () => taken(first, { headers: { ...first.headers, 'hie-token': second.headers?.['hie-token'] } }),
      'token-other-message',
    ],
    ['E3: another payload', asked, () => taken(first, { value: second.value }), 'body-mismatch'],
    ['E2: a question moved to the next hop’s topic', identified, () => taken(first), 'topic-mismatch'],
    [
      'A9: an expired token, sealed and signed with the gateway’s stolen keys',
      asked,
      () => ask({ iat: nowS() - 400, nbf: nowS() - 400, exp: nowS() - 200 }),
      'token-expired',
    ],
    ['A13: a token of another trust domain', asked, () => ask({ aud: 'elsewhere.example' }), 'token-audience'],
    [
      'E4: a question that its token was not minted for',
      asked,
      () => ask({}, '{"operation":"match"}'),
      'body-mismatch',
    ],
    [
      'E1: a seal in a form that is none',
      asked,
      () => taken(first, { headers: { ...first.headers, 'hie-seals': 'x.y.z' } }),
      'header-malformed',
    ],
    [
      'E1: a seal by another service’s stolen key',
      asked,
      () => ask({}, '{}', { service: 'consent' }),
      'producer-not-allowed',
    ],
    [
      'E3: one bit of its ciphertext flipped',
      asked,
      () => taken(first, { value: flipped(first.value as Buffer) }),
      'body-mismatch',
    ],
    [
      'E3: the seals of another message',
      asked,
      () => taken(first, { headers: { ...first.headers, 'hie-seals': second.headers?.['hie-seals'] } }),
      'body-mismatch',
    ],
    [
      'B3: another purpose in its token',
      asked,
      () => {
        const token = withPurpose(String(first.headers?.['hie-token']), 'HPAYMT');
        return taken(first, { headers: { ...first.headers, 'hie-token': token } });
      },
      'token-other-message',
    ],
    [
      'B2: a purpose in small letters, under the gateway’s stolen keys',
      asked,
      () => ask({ tctx: { ...claimsOf('{}').tctx, purp: 'treat' as never } }),
      'purpose-unknown',
    ],
    [
      'B1: a purpose that no hop serves, under the gateway’s stolen keys',
      asked,
      () => ask({ tctx: { ...claimsOf('{}').tctx, purp: 'HPAYMT' } }),
      'purpose-not-served',
    ],
    ['A12: a token that lives for a day', asked, () => ask({ exp: nowS() + 86_400 }), 'token-lifetime-too-long'],
    ['E5: a seal of a minute ago', asked, () => ask({}, '{}', { now: () => Date.now() - 60_000 }), 'seal-backdated'],
    ['E15: a clock five minutes behind', asked, () => askAt(-300), 'seal-backdated'],
    ['E15: a clock five minutes ahead', asked, () => askAt(300), 'seal-in-future'],
    ['E15: a clock a day ahead', asked, () => askAt(86_400), 'seal-in-future'],
    [
      'E15: a token by a clock ten seconds ahead',
      asked,
      () => ask({ iat: nowS() + 10, nbf: nowS() + 10, exp: nowS() + 70 }),
      'token-not-yet-valid',
    ],
  ])('with %s is put aside, has no effect, and is in the ledger', async (_name, topic, make, reason) => {
    const before = intruder.refusals(topic).filter((code) => code === reason).length;
    const entriesBefore = (await refusedEntries()).length;
    const identities = intruder.on(identified).length;
    await intruder.send(topic, await make());
    await eventually(() =>
      Promise.resolve(intruder.refusals(topic).filter((code) => code === reason).length > before ? true : undefined),
    ).catch((error: unknown) => {
      throw new Error(`Put aside were: ${intruder.refusals(topic).join(', ') || 'none'}`, { cause: error });
    });
    const entries = await eventually(async () => {
      const now = await refusedEntries();
      return now.length > entriesBefore ? now : undefined;
    });
    expect(entries).toHaveLength(entriesBefore + 1);
    expect(entries[0]?.entry).toMatchObject({ outcome: 'refused', reason });
    expect(intruder.on(identified).length).toBe(identities + (topic === identified ? 1 : 0));
  });

  it('E2, E7: that was handled already, sent again a hundred times, has no second effect', async () => {
    const identities = intruder.on(identified).length;
    for (let copy = 0; copy < 100; copy += 1) await intruder.send(asked, taken(first));
    const last = await arrive();
    await questionOf(last);
    await eventually(() => Promise.resolve(intruder.on(identified).length > identities ? true : undefined));
    expect(intruder.on(identified).length).toBe(identities + 1);
  });
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 20] = (copy[copy.length - 20] as number) ^ 1;
  return copy;
}
