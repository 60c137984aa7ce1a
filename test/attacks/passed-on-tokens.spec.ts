// ATTACKS.md A and B2 at the hops behind the first: a token that a service before let pass, as if every one of them were in on it and had sealed
// with its own stolen key. Each hop looks for itself, and none takes the word of the one before.
import { join } from 'node:path';

import {
  answerAssembled,
  deadLetterTopic,
  disclosureDecided,
  patientIdentified,
  queryRequested,
  recordsLocated,
} from '@hie/contracts';

import { eventually } from '../support/doors.js';
import { Intruder } from '../support/intruder.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import {
  type MakeToken,
  TransactionTokenForger,
  tokenKeyIn,
  transactionClaims,
} from '../support/transaction-tokens.js';

const way = [queryRequested, patientIdentified, disclosureDecided, recordsLocated, answerAssembled] as const;
const hops = way.slice(1).map((type, at) => [type.consumers[0] as string, at + 2] as const);

describe.each(hops)('%s', (service, hop) => {
  let exchange: SharedExchange;
  let intruder: Intruder;
  let tokens: TransactionTokenForger;
  const types = way.slice(0, hop);
  const { topic } = way[hop - 1] as (typeof way)[number];
  const next = way[hop]?.topic;
  beforeAll(async () => {
    exchange = sharedExchange();
    tokens = new TransactionTokenForger(tokenKeyIn(join(exchange.run, 'trust')));
    intruder = await Intruder.listeningTo(exchange, next === undefined ? [topic] : [topic, next]);
  }, 60_000);
  afterAll(async () => {
    await intruder.leave();
    await exchange.close();
  });

  it.each<[string, MakeToken, string]>([
    ['A2: HS256 under the public key as its secret', (sound) => tokens.hs256(sound), 'token-malformed'],
    ['A8: a kid that nobody has', (sound) => tokens.forged(sound, { kid: '__proto__' }), 'token-key-unknown'],
    ['A9: an end that has passed', (sound) => tokens.issued(sound, { exp: sound.iat - 10 }), 'token-expired'],
    ['A12: a life of a day', (sound) => tokens.issued(sound, { exp: sound.iat + 86_400 }), 'token-lifetime-too-long'],
    ['A13: another audience', (sound) => tokens.issued(sound, { aud: 'elsewhere.example' }), 'token-audience'],
    ['A13: another kind of token', (sound) => tokens.issued(sound, {}, { typ: 'at+jwt' }), 'token-type'],
    ['A14: another key’s signature', (sound) => tokens.forged(sound), 'token-signature-invalid'],
    ['A16: a crit that nobody knows', (sound) => tokens.issued(sound, {}, { crit: ['x'] }), 'token-malformed'],
    [
      'B2: no purpose',
      (sound) => tokens.issued(sound, { tctx: { ...sound.tctx, purp: undefined } }),
      'purpose-unknown',
    ],
  ])('refuses a token with %s that was passed on to it', async (_name, make, reason) => {
    const sound = transactionClaims(exchange, queryRequested.example.query);
    const token = make(sound);
    const watch = await LedgerWatch.on(exchange, 'message.refused');
    await intruder.send(topic, await intruder.passedOn(types, sound, token));
    const letter = await eventually(() =>
      Promise.resolve(
        intruder.on(deadLetterTopic(topic)).find(({ headers }) => String(headers?.['hie-token']) === token),
      ),
    );
    expect(String(letter.headers?.['hie-refusal'])).toBe(reason);
    const entry = await watch.one();
    expect(entry).toMatchObject({ outcome: 'refused', reason, service, details: { topic } });
    const passedOn = next === undefined ? [] : intruder.on(next).filter(({ key }) => String(key) === sound.txn);
    expect(passedOn).toEqual([]);
  });
});
