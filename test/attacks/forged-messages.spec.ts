// Messages that somebody inside puts on the log: each consumer refuses them before it reads the payload, puts them aside with the
// reason, and the ledger shows the attempt.
import { patientIdentified, queryRequested } from '@hie/contracts';
import { type ArrivalAnswer, askOnArrival } from '@hie/local-exchange';
import type { TransactionClaims } from '@hie/purpose-of-use';
import type { KafkaMessage } from 'kafkajs';

import { emrOf, eventually } from '../support/doors.js';
import { Intruder, type PlacedMessage, type TakenMessage } from '../support/intruder.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';
import { transactionClaims } from '../support/transaction-tokens.js';

const asked = queryRequested.topic;
const identified = patientIdentified.topic;

describe('a message by somebody inside', () => {
  let exchange: SharedExchange;
  let intruder: Intruder;
  beforeAll(async () => {
    exchange = sharedExchange();
    intruder = await Intruder.listeningTo(exchange, [asked, identified]);
  }, 60_000);
  afterAll(async () => {
    await intruder.leave();
    await exchange.close();
  });

  async function arrive(): Promise<ArrivalAnswer> {
    const story = await leadStory(exchange);
    const patient = await arrivingPatient(exchange, story);
    return askOnArrival(exchange, emrOf(exchange, story), { patient });
  }

  const questionOf = ({ queryUrl }: ArrivalAnswer): Promise<PlacedMessage> =>
    eventually(() => Promise.resolve(intruder.on(asked).find(({ key }) => queryUrl.endsWith(String(key)))));

  const taken = ({ key, value, headers = {} }: KafkaMessage, over: Partial<TakenMessage> = {}): TakenMessage => ({
    key,
    value,
    headers,
    ...over,
  });
  /** A question that has just been handled: one kept for longer would be refused for its age. */
  const fresh = async (): Promise<PlacedMessage> => {
    const question = await questionOf(await arrive());
    await nextOf(question);
    return question;
  };
  /** What a question became at the next hop. */
  const nextOf = (question: KafkaMessage): Promise<PlacedMessage> =>
    eventually(() => Promise.resolve(intruder.on(identified).find(({ key }) => String(key) === String(question.key))));
  const spoilt =
    (change: (first: KafkaMessage, second: KafkaMessage) => Partial<TakenMessage>) =>
    async (): Promise<TakenMessage> => {
      const second = await fresh();
      const first = await fresh();
      return taken(first, change(first, second) as Partial<TakenMessage>);
    };
  const without = (headers: KafkaMessage['headers'] = {}, name: string) =>
    Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));

  const claimsOf = (query: string, over: Partial<TransactionClaims> = {}): TransactionClaims =>
    transactionClaims(exchange, query, over);
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
    ['E1: no token', asked, spoilt(({ headers }) => ({ headers: without(headers, 'hie-token') })), 'header-missing'],
    ['E1: no seal', asked, spoilt(({ headers }) => ({ headers: without(headers, 'hie-seals') })), 'header-missing'],
    [
      'E4: the token of another message',
      asked,
      spoilt((first, second) => ({ headers: { ...first.headers, 'hie-token': second.headers?.['hie-token'] } })),
      'token-other-message',
    ],
    ['E3: another payload', asked, spoilt((_first, second) => ({ value: second.value })), 'body-mismatch'],
    ['E2: a question moved to the next hop’s topic', identified, async () => taken(await fresh()), 'topic-mismatch'],
    [
      'E2: a question that was handled, moved to another partition',
      asked,
      async () => {
        const question = await fresh();
        return taken(question, { partition: (question.partition + 1) % queryRequested.partitions });
      },
      'replayed',
    ],
    [
      'E15: what the next hop said, put back on the topic before it',
      asked,
      async () => taken(await nextOf(await fresh())),
      'topic-mismatch',
    ],
    [
      'E15: a chain of seals that steps back, under the gateway’s stolen keys',
      asked,
      async () => intruder.backFrom(await nextOf(await fresh())),
      'seal-chain-broken',
    ],
    [
      'E4: a question that its token was not minted for',
      asked,
      () => ask({}, '{"operation":"match"}'),
      'body-mismatch',
    ],
    [
      'E1: a seal in a form that is none',
      asked,
      spoilt((first) => ({ headers: { ...first.headers, 'hie-seals': 'x.y.z' } })),
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
      spoilt((first) => ({ value: flipped(first.value as Buffer) })),
      'body-mismatch',
    ],
    [
      'E3: the seals of another message',
      asked,
      spoilt((first, second) => ({ headers: { ...first.headers, 'hie-seals': second.headers?.['hie-seals'] } })),
      'body-mismatch',
    ],
    [
      'B3: another purpose in its token',
      asked,
      spoilt((first) => {
        const token = withPurpose(String(first.headers?.['hie-token']), 'HPAYMT');
        return { headers: { ...first.headers, 'hie-token': token } };
      }),
      'token-other-message',
    ],
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
    const message = await make();
    const watch = await LedgerWatch.on(exchange, 'message.refused');
    const before = intruder.refusals(topic).filter((code) => code === reason).length;
    const identities = intruder.on(identified).length;
    await intruder.send(topic, message);
    await eventually(() =>
      Promise.resolve(intruder.refusals(topic).filter((code) => code === reason).length > before ? true : undefined),
    ).catch((error: unknown) => {
      throw new Error(`Put aside were: ${intruder.refusals(topic).join(', ') || 'none'}`, { cause: error });
    });
    expect(await watch.one()).toMatchObject({ outcome: 'refused', reason });
    expect(intruder.on(identified).length).toBe(identities + (topic === identified ? 1 : 0));
  });

  it('E2, E7: that was handled already, sent again a hundred times, has no second effect', async () => {
    const question = await fresh();
    const identities = intruder.on(identified).length;
    const replayed = () => intruder.refusals(asked).filter((code) => code === 'replayed').length;
    const before = replayed();
    await Promise.all(Array.from({ length: 100 }, () => intruder.send(asked, taken(question))));
    await eventually(() => Promise.resolve(replayed() >= before + 100 ? true : undefined), 30_000);
    await fresh();
    expect(intruder.on(identified).length).toBe(identities + 1);
  }, 60_000);
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 20] = (copy[copy.length - 20] as number) ^ 1;
  return copy;
}
