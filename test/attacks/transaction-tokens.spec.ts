// ATTACKS.md A and B2 of transaction tokens, as the consumer of a running hop meets them: each lies on the log under a seal that is good, made
// with the gateway's stolen seal key, so that what is refused is refused for its token. None has an answer; each is one entry of the ledger.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { answerAssembled, deadLetterTopic, patientIdentified, queryRequested } from '@hie/contracts';
import type { TransactionClaims } from '@hie/purpose-of-use';
import type { KafkaMessage } from 'kafkajs';

import { eventually } from '../support/doors.js';
import { Forger } from '../support/forger.js';
import { Elsewhere } from '../support/elsewhere.js';
import { Intruder, type TakenMessage } from '../support/intruder.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import {
  type MakeToken,
  TransactionTokenForger,
  encoded,
  tokenKeyIn,
  transactionClaims,
} from '../support/transaction-tokens.js';

const asked = queryRequested.topic;
const identified = patientIdentified.topic;
const answered = answerAssembled.topic;
const { query } = queryRequested.example;
const FLOOD = 60;

describe('a transaction token at a hop', () => {
  let exchange: SharedExchange;
  let intruder: Intruder;
  let forger: Forger;
  let tokens: TransactionTokenForger;
  let ledger: LedgerWatch;
  /** The transactions that were tried, and where on the log each was put aside. */
  const tried: { readonly txn: string; readonly origin: string }[] = [];
  beforeAll(async () => {
    exchange = sharedExchange();
    forger = await Forger.at(exchange);
    tokens = new TransactionTokenForger(tokenKeyIn(join(exchange.run, 'trust')));
    intruder = await Intruder.listeningTo(exchange, [asked, identified, answered]);
    ledger = await LedgerWatch.on(exchange, 'message.refused');
  }, 60_000);
  afterAll(async () => {
    await forger.close();
    await intruder.leave();
    await exchange.close();
  });

  const issued =
    (over: object = {}, headerOver: object = {}): MakeToken =>
    (sound) =>
      tokens.issued(sound, over, headerOver);
  const later =
    (name: 'iat' | 'nbf' | 'exp', byS: number): MakeToken =>
    (sound) =>
      tokens.issued(sound, { [name]: sound.iat + byS });
  const inContext =
    (over: object): MakeToken =>
    (sound) =>
      tokens.issued(sound, { tctx: { ...sound.tctx, ...over } });
  const forged =
    (headerOver: () => object = () => ({})): MakeToken =>
    (sound) =>
      tokens.forged(sound, headerOver());
  const edited =
    (change: (parts: readonly string[], sound: TransactionClaims) => readonly (string | undefined)[]): MakeToken =>
    (sound) =>
      change(tokens.issued(sound).split('.'), sound).join('.');
  /** By the gateway's own key, with texts that no library writes. */
  const written =
    (payload: (text: string) => string, header: (text: string) => string = (text) => text): MakeToken =>
    (sound) =>
      tokens.signed({
        header: header(JSON.stringify(tokens.header())),
        payload: payload(JSON.stringify(sound)),
      });
  const asItIs = (text: string): string => text;

  interface Question {
    readonly txn: string;
    readonly token: string;
    readonly message: TakenMessage;
  }
  async function questionUnder(make: MakeToken): Promise<Question> {
    const sound = transactionClaims(exchange, query);
    const token = make(sound);
    const { txn } = sound;
    return { txn, token, message: await intruder.question({ txn, query }, sound, { token }) };
  }
  /** Lays a question under this token on the log. */
  async function ask(make: MakeToken): Promise<Question> {
    const question = await questionUnder(make);
    await intruder.send(asked, question.message);
    return question;
  }
  const letterOf = (token: string): Promise<KafkaMessage> =>
    eventually(() => Promise.resolve(intruder.on(deadLetterTopic(asked)).find((each) => carries(each, token))));
  const refusedWith = async ({ txn, token }: Question) => {
    const { headers } = await letterOf(token);
    const origin = String(headers?.['hie-origin']);
    tried.push({ txn, origin });
    return { origin, reason: String(headers?.['hie-refusal']) };
  };
  const has = (topic: string, txn: string): boolean => intruder.on(topic).some(({ key }) => String(key) === txn);

  it('goes all the way to an answer when nothing is wrong with it', async () => {
    const { txn } = await ask(issued());
    await eventually(() => Promise.resolve(has(answered, txn) || undefined));
    expect(has(identified, txn)).toBe(true);
  });

  it.each<[string, MakeToken, string]>([
    ['A1: with alg none', edited(([, p]) => [encoded(tokens.header({ alg: 'none' })), p, '']), 'token-malformed'],
    ['A1: with alg none in other letters, and a signature', issued({}, { alg: 'nOnE' }), 'token-malformed'],
    ['A2: with HS256 under the public key as its secret', (sound) => tokens.hs256(sound), 'token-malformed'],
    ['A2: with another curve’s alg', issued({}, { alg: 'ES384' }), 'token-malformed'],
    ['A3: with a key in its own header', forged(() => ({ jwk: tokens.strangerJwk })), 'token-signature-invalid'],
    [
      'A3: with a key in its own header and no kid',
      forged(() => ({ jwk: tokens.strangerJwk, kid: undefined })),
      'token-malformed',
    ],
    ['A5: with a kid that is a path', issued({}, { kid: '../../../../dev/null' }), 'token-key-unknown'],
    ['A6: with a kid that is SQL', issued({}, { kid: "' or 1=1 --" }), 'token-key-unknown'],
    ['A7: with a kid that nobody has', issued({}, { kid: randomUUID() }), 'token-key-unknown'],
    ['A8: with kid __proto__', issued({}, { kid: '__proto__' }), 'token-key-unknown'],
    ['A8: with kid constructor', issued({}, { kid: 'constructor' }), 'token-key-unknown'],
    ['A8: with a kid that is a list', issued({}, { kid: ['gateway'] }), 'token-malformed'],
    ['A9: expired', later('exp', -10), 'token-expired'],
    ['A10: not valid yet', later('nbf', 40), 'token-not-yet-valid'],
    ['A11: issued in the future', later('iat', 40), 'token-not-yet-valid'],
    ['A12: valid for a day', later('exp', 86_400), 'token-lifetime-too-long'],
    ['A12: valid for a second too long', later('exp', 121), 'token-lifetime-too-long'],
    ['A12: valid for ever', issued({ exp: undefined }), 'token-malformed'],
    ['A12: with an end that is text', (sound) => tokens.issued(sound, { exp: String(sound.exp) }), 'token-malformed'],
    ['A12: valid beyond all numbers', written((text) => text.replace(/"exp":\d+/, '"exp":1e999')), 'token-malformed'],
    ['A13: of another trust domain', issued({ aud: 'elsewhere.example' }), 'token-audience'],
    ['A13: for several audiences', issued({ aud: ['hie.example', 'elsewhere.example'] }), 'token-malformed'],
    ['A13: of another issuer', issued({ iss: 'https://elsewhere.example' }), 'token-issuer'],
    ['A13: of the access token’s type', issued({}, { typ: 'at+jwt' }), 'token-type'],
    ['A13: of an id token’s type', issued({}, { typ: 'JWT' }), 'token-type'],
    ['A13: of the type of a seal', issued({}, { typ: 'hie-seal+jws' }), 'token-type'],
    ['A13: of no type', issued({}, { typ: undefined }), 'token-type'],
    ['A13: that is an access token of the identity provider', () => forger.issued(), 'token-key-unknown'],
    ['A14: by another key under the gateway’s kid', forged(), 'token-signature-invalid'],
    [
      'A14: with another payload',
      edited(([h, , s], sound) => [h, encoded({ ...sound, sub: 'harborview-emr' }), s]),
      'token-signature-invalid',
    ],
    [
      'A14: with a signature of zeros',
      edited(([h, p]) => [h, p, Buffer.alloc(64).toString('base64url')]),
      'token-signature-invalid',
    ],
    ['A14: with half a signature', edited(([h, p, s]) => [h, p, s?.slice(0, 43)]), 'token-signature-invalid'],
    ['A14: with no signature', edited(([h, p]) => [h, p, '']), 'token-malformed'],
    ['A14: of two parts', edited(([h, p]) => [h, p]), 'token-malformed'],
    [
      'A15: with its algorithm twice',
      written(asItIs, (text) => text.replace('{', '{"alg":"none",')),
      'token-malformed',
    ],
    [
      'A15: with crit twice',
      written(asItIs, (text) => text.replace('{', '{"crit":["b64"],"crit":[],')),
      'token-malformed',
    ],
    [
      'A15: with an audience twice',
      written((text) => text.replace('"aud":', '"aud":"elsewhere.example","aud":')),
      'token-malformed',
    ],
    [
      'A15: with a purpose twice',
      written((text) => text.replace('"purp":', '"purp":"HPAYMT","purp":')),
      'token-malformed',
    ],
    [
      'A15: with a purpose twice, once in other signs',
      written((text) => text.replace('"purp":', String.raw`"\u0070urp":"HPAYMT","purp":`)),
      'token-malformed',
    ],
    ['A16: with a crit that nobody knows', issued({}, { crit: ['exp-policy'] }), 'token-malformed'],
    ['A16: with an empty crit', issued({}, { crit: [] }), 'token-malformed'],
    ['A17: larger than any', issued({ padding: 'x'.repeat(9_000) }), 'token-malformed'],
    [
      'A17: nested two thousand deep',
      written(() => `{"deep":${'['.repeat(2_000)}${']'.repeat(2_000)}}`),
      'token-malformed',
    ],
    ['A14: that is none', () => 'x.y.z', 'token-malformed'],
    ['A14: whose payload is a list', written((text) => `[${text}]`), 'token-malformed'],
    ['B2: with no purpose', inContext({ purp: undefined }), 'purpose-unknown'],
    ['B2: with null for a purpose', inContext({ purp: null }), 'purpose-unknown'],
    ['B2: with a purpose in small letters', inContext({ purp: 'etreat' }), 'purpose-unknown'],
    ['B2: with a purpose that is none', inContext({ purp: 'CURIOSITY' }), 'purpose-unknown'],
    ['B2: with another system’s purpose', inContext({ purp: 'T-TRTMNT' }), 'purpose-unknown'],
    ['B2: with a list of one purpose', inContext({ purp: ['ETREAT'] }), 'purpose-unknown'],
    ['B2: with two purposes in a text', inContext({ purp: 'ETREAT TREAT' }), 'purpose-unknown'],
    ['B2: with a purpose beside its context', issued({ tctx: undefined, purp: 'ETREAT' }), 'token-malformed'],
    ['B1: with a purpose that the hop does not serve', inContext({ purp: 'HPAYMT' }), 'purpose-not-served'],
    ['that grants less than its seal hands on', issued({ scope: 'hie.feed' }), 'authority-widened'],
    ['E4: of another transaction', issued({ txn: randomUUID() }), 'token-other-message'],
  ])('%s is put aside, and is one entry of the ledger', async (_name, make, reason) => {
    const watch = await LedgerWatch.on(exchange, 'message.refused');
    const refused = await refusedWith(await ask(make));
    expect(refused.reason).toBe(reason);
    const entry = await watch.one();
    expect(entry).toMatchObject({ outcome: 'refused', reason, service: 'patient-index' });
    expect(placeOf(entry)).toBe(refused.origin);
  });

  it.each(['jku', 'x5u', 'x5c'])(
    'A4: with keys elsewhere, by %s, is put aside, and nobody looks there',
    async (name) => {
      const elsewhere = await Elsewhere.open();
      const watch = await LedgerWatch.on(exchange, 'message.refused');
      const at = `http://127.0.0.1:${elsewhere.port}/jwks`;
      const refused = await refusedWith(await ask(forged(() => ({ [name]: name === 'x5c' ? [at] : at, kid: 'mine' }))));
      expect(refused.reason).toBe('token-key-unknown');
      expect(placeOf(await watch.one())).toBe(refused.origin);
      expect(elsewhere.callers).toBe(0);
      await elsewhere.close();
    },
  );

  it('A7: in a flood of unknown kids is put aside each time, and holds up nobody', async () => {
    const flood: Question[] = [];
    while (flood.length < FLOOD) flood.push(await questionUnder(forged(() => ({ kid: randomUUID() }))));
    await Promise.all(flood.map(({ message }) => intruder.send(asked, message)));
    const refused = await Promise.all(flood.map(refusedWith));
    expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(['token-key-unknown']));
    const { txn } = await ask(issued());
    await eventually(() => Promise.resolve(has(answered, txn) || undefined));
  });

  it('that was refused was refused once, and nobody was looked for or answered', async () => {
    const places = await eventually(async () => {
      const entries = (await ledger.since()).map(({ entry }) => placeOf(entry));
      return tried.every(({ origin }) => entries.includes(origin)) ? entries : undefined;
    });
    expect(tried.length).toBeGreaterThan(FLOOD);
    expect([...places].sort()).toEqual(tried.map(({ origin }) => origin).sort());
    expect(tried.filter(({ txn }) => has(identified, txn) || has(answered, txn))).toEqual([]);
  });
});

const carries = ({ headers }: KafkaMessage, token: string): boolean => String(headers?.['hie-token']) === token;

/** Where on the log the message lay that an entry is about. */
function placeOf({ details }: Readonly<Record<string, unknown>>): string {
  const { topic, partition, offset } = details as Readonly<Record<string, unknown>>;
  return `${String(topic)}/${String(partition)}/${String(offset)}`;
}
