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
  const ask = (over: Partial<TransactionClaims>, query = '{}'): Promise<TakenMessage> => {
    const claims = claimsOf('{}', over);
    return intruder.question({ txn: claims.txn, query }, claims);
  };
  const nowS = (): number => Math.floor(Date.now() / 1000);

  it.each<[string, string, () => TakenMessage | Promise<TakenMessage>, string]>([
    ['no token', asked, () => taken(first, { headers: without(first.headers, 'hie-token') }), 'header-missing'],
    ['no seal', asked, () => taken(first, { headers: without(first.headers, 'hie-seals') }), 'header-missing'],
    [
      'the token of another message',
      asked,
      () => taken(first, { headers: { ...first.headers, 'hie-token': second.headers?.['hie-token'] } }),
      'token-other-message',
    ],
    ['another payload', asked, () => taken(first, { value: second.value }), 'body-mismatch'],
    ['a question moved to the next hop’s topic', identified, () => taken(first), 'topic-mismatch'],
    [
      'an expired token, sealed and signed with the gateway’s stolen keys',
      asked,
      () => ask({ iat: nowS() - 400, nbf: nowS() - 400, exp: nowS() - 200 }),
      'token-expired',
    ],
    ['a token of another trust domain', asked, () => ask({ aud: 'elsewhere.example' }), 'token-audience'],
    ['a question that its token was not minted for', asked, () => ask({}, '{"operation":"match"}'), 'body-mismatch'],
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
    expect(entries[0]?.entry).toMatchObject({ outcome: 'refused', reason });
    expect(intruder.on(identified).length).toBe(identities + (topic === identified ? 1 : 0));
  });

  it('that was handled already, sent again a hundred times, has no second effect', async () => {
    const identities = intruder.on(identified).length;
    for (let copy = 0; copy < 100; copy += 1) await intruder.send(asked, taken(first));
    const last = await arrive();
    await questionOf(last);
    await eventually(() => Promise.resolve(intruder.on(identified).length > identities ? true : undefined));
    expect(intruder.on(identified).length).toBe(identities + 1);
  });
});
