// ATTACKS A1–A15 as far as a transaction token goes; each refusal is asserted by its code.
import { createHmac, generateKeyPairSync } from 'node:crypto';

import { signEs256 } from './es256.js';
import { TrustError } from './errors.js';
import { replacementClaims } from './token-replacement.js';
import { type TransactionClaims, mintTransactionToken, verifyTransactionToken } from './transaction-token.js';

const nowS = 1_790_000_000;
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys = new Map([['gateway-1', publicKey]]);
const expected = { issuer: 'https://gateway', audience: 'hie.local', keys, nowMs: nowS * 1000 };

const claims = (over: Partial<TransactionClaims> = {}): TransactionClaims => ({
  iss: 'https://gateway',
  aud: 'hie.local',
  iat: nowS,
  nbf: nowS,
  exp: nowS + 60,
  jti: 'token-1',
  txn: 'txn-1',
  sub: 'client-1',
  req_wl: ['gateway'],
  scope: 'hie.query hie.retrieve',
  tctx: { purp: 'ETREAT', qh: 'digest', org: 'member-1', res: ['AllergyIntolerance'], deadline: nowS * 1000 + 5000 },
  rctx: {},
  ...over,
});

const mint = (over: Partial<TransactionClaims> = {}) => mintTransactionToken(claims(over), 'gateway-1', privateKey);

/** A token with any header, signed (or not) as the attacker likes. */
const forge = (header: object, payload: object, signature: (input: string) => Buffer): string => {
  const input = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${signature(input).toString('base64url')}`;
};
/** A token signed by its issuer over texts that no library writes. */
const written = (change = asItIs, changeHeader = asItIs): string => {
  const texts = [changeHeader(JSON.stringify(good)), change(JSON.stringify(claims()))];
  const input = texts.map((text) => Buffer.from(text).toString('base64url')).join('.');
  return `${input}.${signed(input).toString('base64url')}`;
};
const asItIs = (text: string): string => text;
const good = { alg: 'ES256', typ: 'txntoken+jwt', kid: 'gateway-1' };
const signed = (input: string) => signEs256(Buffer.from(input), privateKey);

function refusal(token: string, over: Partial<typeof expected> = {}): string {
  try {
    verifyTransactionToken(token, { ...expected, ...over });
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('verifyTransactionToken', () => {
  it('returns what was minted', () => {
    expect(verifyTransactionToken(mint(), expected)).toEqual(claims());
  });

  it.each<[string, string]>([
    ['a name beyond ASCII', 'Ægir “Ö” Żółw 雪'],
    ['half a sign', 'a\ud800b'],
    ['signs that JSON escapes', '\u0000"\\/\u2028'],
  ])('returns what was minted with %s', (_name, sub) => {
    expect(verifyTransactionToken(mint({ sub }), expected)).toEqual(claims({ sub }));
  });

  it.each<[string, () => string, string]>([
    ['A1 alg none', () => forge({ ...good, alg: 'none' }, claims(), () => Buffer.alloc(0)), 'token-malformed'],
    [
      'A2 HS256 keyed with the public PEM',
      () =>
        forge({ ...good, alg: 'HS256' }, claims(), (input) =>
          createHmac('sha256', publicKey.export({ type: 'spki', format: 'pem' }))
            .update(input)
            .digest(),
        ),
      'token-malformed',
    ],
    [
      'A3 the attacker’s key embedded as jwk',
      () =>
        forge({ ...good, jwk: stranger.publicKey.export({ format: 'jwk' }) }, claims(), (input) =>
          signEs256(Buffer.from(input), stranger.privateKey),
        ),
      'token-signature-invalid',
    ],
    ['A5 kid with a path', () => forge({ ...good, kid: '../../dev/null' }, claims(), signed), 'token-key-unknown'],
    ['A8 kid __proto__', () => forge({ ...good, kid: '__proto__' }, claims(), signed), 'token-key-unknown'],
    ['A9 expired', () => mint({ iat: nowS - 100, nbf: nowS - 100, exp: nowS - 10 }), 'token-expired'],
    ['A10 not yet valid', () => mint({ nbf: nowS + 30 }), 'token-not-yet-valid'],
    ['A11 issued in the future', () => mint({ iat: nowS + 30 }), 'token-not-yet-valid'],
    ['A12 too long a life', () => mint({ exp: nowS + 3600 }), 'token-lifetime-too-long'],
    ['A13 other audience', () => mint({ aud: 'elsewhere' }), 'token-audience'],
    ['A13 other issuer', () => mint({ iss: 'https://elsewhere' }), 'token-issuer'],
    ['A13 an access token', () => forge({ ...good, typ: 'at+jwt' }, claims(), signed), 'token-type'],
    ['A14 all-zero signature', () => forge(good, claims(), () => Buffer.alloc(64)), 'token-signature-invalid'],
    ['A15 a purpose twice', () => written((text) => text.replace('"purp":', '"purp":"HPAYMT",$&')), 'token-malformed'],
    [
      'A15 an algorithm twice',
      () => written(undefined, (text) => text.replace('{', '{"alg":"none",')),
      'token-malformed',
    ],
    [
      'A15 a purpose twice, once in other signs',
      () => written((text) => text.replace('"purp":', String.raw`"\u0070urp":"HPAYMT",$&`)),
      'token-malformed',
    ],
    ['A15 spaces that nobody writes', () => written((text) => text.replace('{', '{ ')), 'token-malformed'],
    ['A16 unknown crit', () => forge({ ...good, crit: ['x'], x: 1 }, claims(), signed), 'token-malformed'],
    ['A17 over 8 KB', () => mint({ scope: 'x'.repeat(9000) }), 'token-malformed'],
    ['an unknown purpose', () => mint({ tctx: { ...claims().tctx, purp: 'treat' as never } }), 'purpose-unknown'],
    ['no purpose', () => mint({ tctx: { ...claims().tctx, purp: undefined as never } }), 'purpose-unknown'],
    ['no txn', () => forge(good, { ...claims(), txn: undefined }, signed), 'token-malformed'],
    ['not a token', () => 'a.b', 'token-malformed'],
  ])('refuses %s', (_name, token, code) => {
    expect(refusal(token())).toBe(code);
  });

  it('refuses a token whose payload was edited', () => {
    const [header, , signature] = mint().split('.');
    const edited = Buffer.from(JSON.stringify(claims({ sub: 'client-2' }))).toString('base64url');
    expect(refusal(`${header}.${edited}.${signature}`)).toBe('token-signature-invalid');
  });

  it('refuses a signature made by a key that was rotated out', () => {
    expect(refusal(mint(), { keys: new Map([['gateway-2', publicKey]]) })).toBe('token-key-unknown');
  });
});

describe('replacementClaims', () => {
  const renewal = { jti: 'token-2', nowS: nowS + 10, lifetimeS: 30, workload: 'document-query' };

  it('narrows, and keeps txn, sub, aud and the call chain', () => {
    const next = replacementClaims(claims(), { scope: 'hie.query', res: [] }, renewal);
    expect(next).toMatchObject({ txn: 'txn-1', sub: 'client-1', aud: 'hie.local', scope: 'hie.query', jti: 'token-2' });
    expect(next.req_wl).toEqual(['gateway', 'document-query']);
    expect(next.tctx.res).toEqual([]);
  });

  it.each([
    ['a scope', { scope: 'hie.query hie.admin' }],
    ['a kind of record', { res: ['AllergyIntolerance', 'Condition'] }],
    ['the deadline', { deadline: nowS * 1000 + 5001 }],
  ])('A29 refuses one that widens %s', (_name, narrowing) => {
    expect(() => replacementClaims(claims(), narrowing, renewal)).toThrow('token-replacement-widens');
  });

  it('A28 refuses one asked for after the end', () => {
    expect(() => replacementClaims(claims(), {}, { ...renewal, nowS: nowS + 60 })).toThrow('token-expired');
  });
});
