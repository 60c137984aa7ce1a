// ATTACKS E1–E5: what a consumer refuses from the message alone.
import { generateKeyPairSync } from 'node:crypto';

import { type Expectation, type MessageRules, type WireMessage, checkMessage } from './check-message.js';
import { digestOf } from './compact-jws.js';
import { TrustError } from './errors.js';
import { type SealHeader, type SealKey, openSeal, signSeal } from './hop-seal.js';
import type { TransactionClaims } from './transaction-token.js';

const nowS = 1_790_000_000;
const nowMs = nowS * 1000;
const keyOf = new Map(
  ['gateway', 'patient-index', 'consent'].map((name) => [name, generateKeyPairSync('ec', { namedCurve: 'P-256' })]),
);
const sealKeys = new Map([...keyOf].map(([service, { publicKey }]) => [`${service}-1`, { service, key: publicKey }]));
const token = 'token of txn-1';
const value = Buffer.from('ciphertext');
const allow = { scope: ['hie.query'], res: ['AllergyIntolerance', 'Condition'] };

const claims: TransactionClaims = {
  iss: 'i',
  aud: 'a',
  iat: nowS,
  nbf: nowS,
  exp: nowS + 60,
  jti: 'j',
  txn: 'txn-1',
  sub: 's',
  req_wl: ['gateway'],
  scope: 'hie.query',
  tctx: { purp: 'ETREAT', qh: 'q', org: 'member-1', res: allow.res, deadline: nowMs + 5000 },
  rctx: {},
};

const rules: MessageRules = {
  producers: ['patient-index'],
  consumers: ['consent'],
  maxBytes: 1024,
  authority: 'transaction',
  outlivesDeadline: false,
  chain: 'links',
};

const expected: Expectation = {
  service: 'consent',
  rules,
  sealKeys,
  nowMs,
  openEarlierSeal: (earlier) => openSeal(earlier, sealKeys),
  verifyToken: (text) => {
    if (text !== token) throw new TrustError('token-signature-invalid', 'shape');
    return claims;
  },
};

const header = (over: Partial<SealHeader>): SealHeader => ({
  v: 1,
  msgid: 'm',
  txn: 'txn-1',
  tth: digestOf(token),
  topic: 'identified',
  hop: 0,
  allow,
  iat: nowS,
  deadline: nowMs + 5000,
  ch: digestOf(value),
  ...over,
});

const seal = (service: string, over: Partial<SealHeader>, signer = service): string =>
  signSeal(header(over), `${service}-1`, keyOf.get(signer)!.privateKey);

const first = seal('gateway', { topic: 'requested' });
const second = (over: Partial<SealHeader> = {}, signer?: string) =>
  seal('patient-index', { hop: 1, prev: digestOf(first), ...over }, signer);

const message = (over: Partial<WireMessage> = {}): WireMessage => ({
  topic: 'identified',
  value,
  appendedAtMs: nowMs,
  token,
  seals: [first, second()],
  ...over,
});

/** Requested, identified, and identified once more: two hops on, by a service that may write the topic. */
function back(): WireMessage {
  const decided = seal('consent', { topic: 'decided', hop: 2, prev: digestOf(second()) });
  return message({ seals: [first, second(), decided, second({ hop: 3, prev: digestOf(decided) })] });
}

function stalled(): WireMessage {
  return message({ seals: [first, second(), second({ hop: 2, prev: digestOf(second()) })] });
}

function refusal(wire: WireMessage, over: Partial<Expectation> = {}): string {
  try {
    checkMessage(wire, { ...expected, ...over });
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('checkMessage', () => {
  it('says who sent it, on whose authority, and what may still be done', () => {
    const checked = checkMessage(message(), expected);
    expect(checked.seal.service).toBe('patient-index');
    expect(checked.claims?.tctx.purp).toBe('ETREAT');
    expect(checked.hops.map((hop) => hop.header.topic)).toEqual(['requested', 'identified']);
    expect(checked.allow).toEqual(allow);
  });

  it.each<[string, WireMessage, string]>([
    ['E1 no seal', message({ seals: [] }), 'header-missing'],
    ['E1 a seal by an unknown key', message({ seals: [first, seal('sentinel', {}, 'consent')] }), 'seal-key-unknown'],
    [
      'E1 a seal forged under a service’s kid',
      message({ seals: [first, second({}, 'consent')] }),
      'seal-signature-invalid',
    ],
    ['E1 another service’s own seal', message({ seals: [seal('consent', {})] }), 'producer-not-allowed'],
    ['E2 a message moved to another topic', message({ topic: 'decided' }), 'topic-mismatch'],
    ['E3 a body swapped', message({ value: Buffer.from('other') }), 'body-mismatch'],
    ['E3 a header that is no seal', message({ seals: ['x.y'] }), 'header-malformed'],
    ['E4 the token of another transaction', message({ token: 'token of txn-2' }), 'token-other-message'],
    ['no token', { ...message(), token: undefined as never }, 'header-missing'],
    ['E5 a back-dated seal', message({ appendedAtMs: nowMs + 60_000 }), 'seal-backdated'],
    ['a seal from the future', message({ appendedAtMs: nowMs - 60_000 }), 'seal-in-future'],
    ['a passed deadline', message({ seals: [first, second({ deadline: nowMs - 1 })] }), 'deadline-passed'],
    ['a hop left out', message({ seals: [second()] }), 'seal-chain-broken'],
    ['a chain of two transactions', message({ seals: [first, second({ txn: 'txn-2' })] }), 'seal-chain-broken'],
    ['E15 a chain that goes back to a topic it was on', back(), 'seal-chain-broken'],
    ['E15 a chain that says a topic twice', stalled(), 'seal-chain-broken'],
    ['a value over the limit', message({ value: Buffer.alloc(1025) }), 'message-too-large'],
    [
      'more authority than the hop before left',
      message({ seals: [first, second({ allow: { ...allow, scope: ['hie.query', 'hie.admin'] } })] }),
      'authority-widened',
    ],
  ])('refuses %s', (_name, wire, code) => {
    expect(refusal(wire)).toBe(code);
  });

  it('refuses a consumer the contract does not name', () => {
    expect(refusal(message(), { service: 'audit-ledger' })).toBe('not-a-consumer');
  });

  it.each([
    ['before', { iat: nowS + 60 }],
    ['after', { exp: nowS - 1 }],
  ])('refuses a seal from %s the life of its token', (_name, over) => {
    const verifyToken = () => ({ ...claims, ...over });
    expect(refusal(message(), { verifyToken })).toBe('seal-outside-token');
  });

  it('believes an earlier hop’s signature only where the whole chain is asked for', () => {
    const forged = seal('gateway', { topic: 'requested' }, 'consent');
    const wire = message({ seals: [forged, second({ prev: digestOf(forged) })] });
    expect(refusal(wire)).toBe('accepted');
    expect(refusal(wire, { rules: { ...rules, chain: 'signatures' } })).toBe('seal-signature-invalid');
  });

  it('believes a key until its end by the broker’s clock, whatever the seal says of its time', () => {
    const { key } = sealKeys.get('patient-index-1')!;
    const until = (untilMs: number) =>
      new Map<string, SealKey>([...sealKeys, ['patient-index-1', { service: 'patient-index', key, untilMs }]]);
    expect(refusal(message(), { sealKeys: until(nowMs) })).toBe('accepted');
    expect(refusal(message(), { sealKeys: until(nowMs - 1) })).toBe('seal-key-unknown');
  });

  it('lets authority shrink from hop to hop', () => {
    const less = { scope: ['hie.query'], res: ['AllergyIntolerance'], dst: ['member-2'] };
    const checked = checkMessage(message({ seals: [first, second({ allow: less })] }), expected);
    expect(checked.allow).toEqual(less);
  });

  it('takes a late message where the contract lets it outlive the deadline', () => {
    const late = message({ appendedAtMs: nowMs + 60_000 });
    expect(refusal(late, { rules: { ...rules, outlivesDeadline: true } })).toBe('accepted');
  });
});

interface Fault {
  readonly code: string;
  /** The last thing that had been proven. */
  readonly verified: string;
  readonly header?: Partial<SealHeader>;
  readonly signer?: string;
  readonly wire?: Partial<WireMessage>;
  readonly over?: Partial<Expectation>;
  readonly rules?: Partial<MessageRules>;
}

/** In the order of TRUST: what is cheap to look at first, signatures after it, and authority last. */
const faults: readonly Fault[] = [
  { code: 'message-too-large', verified: 'nothing', wire: { value: Buffer.alloc(1025) } },
  { code: 'topic-mismatch', verified: 'shape', header: { topic: 'decided' } },
  { code: 'not-a-consumer', verified: 'shape', over: { service: 'audit-ledger' } },
  { code: 'seal-key-unknown', verified: 'route', over: { sealKeys: new Map() } },
  { code: 'producer-not-allowed', verified: 'route', rules: { producers: ['consent'] } },
  { code: 'deadline-passed', verified: 'producer', header: { deadline: nowMs - 1 } },
  { code: 'seal-signature-invalid', verified: 'shape', signer: 'consent' },
  { code: 'body-mismatch', verified: 'seal', wire: { value: Buffer.from('other') } },
  { code: 'seal-chain-broken', verified: 'shape', header: { hop: 3 } },
  { code: 'token-other-message', verified: 'chain', wire: { token: 'token of txn-2' } },
  { code: 'seal-outside-token', verified: 'token', over: { verifyToken: () => ({ ...claims, iat: nowS + 60 }) } },
  { code: 'authority-widened', verified: 'token', header: { allow: { ...allow, scope: ['hie.query', 'hie.admin'] } } },
];

/** What is said of a message that has all of these. */
function saidOf(chosen: readonly Fault[]): unknown {
  const all = <K extends 'header' | 'wire' | 'over' | 'rules'>(part: K): Fault[K] =>
    Object.assign({}, ...chosen.toReversed().map((fault) => fault[part])) as Fault[K];
  const signer = chosen.find((fault) => fault.signer !== undefined)?.signer;
  const wire = message({ seals: [first, second(all('header'), signer)], ...all('wire') });
  try {
    return checkMessage(wire, { ...expected, ...all('over'), rules: { ...rules, ...all('rules') } });
  } catch (error) {
    return error instanceof TrustError ? [error.code, error.verified] : error;
  }
}

describe('of several faults', () => {
  it.each(faults)('$code says that “$verified” was proven before', (fault) => {
    expect(saidOf([fault])).toEqual([fault.code, fault.verified]);
  });

  it('the first in the order is said, whatever else is wrong', () => {
    for (const [at, earlier] of faults.entries())
      for (const later of faults.slice(at + 1))
        expect(saidOf([earlier, later])).toEqual([earlier.code, earlier.verified]);
  });
});
