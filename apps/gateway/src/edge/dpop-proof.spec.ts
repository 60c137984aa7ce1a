// ATTACKS A21.
import { TrustError, digestOf } from '@hie/purpose-of-use';
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';

import { type ProofExpectation, checkDpopProof, freshness } from './dpop-proof.js';

const nowMs = 1_790_000_000_000;
const url = 'https://gateway/fhir/Patient/$match';
const accessToken = 'the access token';
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
const jwk = await exportJWK(publicKey);

const proof = (claims: object = {}, header: object = {}) =>
  new SignJWT({ htm: 'POST', htu: url, ath: digestOf(accessToken), jti: 'p1', iat: nowMs / 1000, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
    .sign(privateKey);

async function outcome(text: string | Promise<string>, over: Partial<ProofExpectation> = {}): Promise<string> {
  const thumbprint = await calculateJwkThumbprint(jwk);
  const expected = { method: 'POST', url, accessToken, thumbprint, nowMs, isFresh: () => true, ...over };
  try {
    await checkDpopProof(await text, expected);
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('checkDpopProof', () => {
  it('accepts a proof made for this request with the bound key', async () => {
    await expect(outcome(proof())).resolves.toBe('accepted');
  });

  it.each<[string, () => string | Promise<string>, Partial<ProofExpectation>, string]>([
    ['another method', () => proof({ htm: 'GET' }), {}, 'token-other-message'],
    ['another URL', () => proof({ htu: 'https://gateway/fhir/Patient' }), {}, 'token-other-message'],
    ['another access token', () => proof({ ath: digestOf('another') }), {}, 'token-other-message'],
    ['another key', () => proof(), { thumbprint: 'x' }, 'token-signature-invalid'],
    ['an old proof', () => proof({ iat: nowMs / 1000 - 61 }), {}, 'token-expired'],
    ['a proof from the future', () => proof({ iat: nowMs / 1000 + 61 }), {}, 'token-expired'],
    ['a proof used before', () => proof(), { isFresh: () => false }, 'body-mismatch'],
    ['another kind of token', () => proof({}, { typ: 'JWT' }), {}, 'token-malformed'],
    ['no jti', () => proof({ jti: undefined }), {}, 'token-malformed'],
    ['nonsense', () => 'x.y.z', {}, 'token-malformed'],
  ])('refuses %s', async (_name, text, over, code) => {
    await expect(outcome(text(), over)).resolves.toBe(code);
  });
});

describe('freshness', () => {
  it('knows a jti for as long as its proof could be used, and forgets it then', () => {
    let now = 0;
    const isFresh = freshness(() => now);
    expect([isFresh('a'), isFresh('a'), isFresh('b')]).toEqual([true, false, true]);
    now = 120_000;
    expect(isFresh('a')).toBe(true);
  });
});
