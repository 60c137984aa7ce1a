import { generateKeyPairSync } from 'node:crypto';

import { readClientKey, thumbprintOf } from './client-key.js';
import { MAX_KEYS, decideAddition, decideWithdrawal } from './decide-key-change.js';

const newPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const newKey = (kid?: string) => ({
  ...newPair().publicKey.export({ format: 'jwk' }),
  ...(kid === undefined ? {} : { kid }),
});
const first = newKey('emr-1');
const none = new Set<string>();

describe('readClientKey', () => {
  it.each([
    ['P-256', newKey('emr-1')],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' })],
    ['Ed25519', generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })],
  ])('takes a public key on %s', (_name, jwk) => {
    expect(readClientKey(jwk)).toEqual(jwk);
  });

  it.each([
    ['a private key', newPair().privateKey.export({ format: 'jwk' })],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0' }],
    ['a point that is not on the curve', { ...first, x: first.y }],
    ['a curve that no assertion is signed on', generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' })],
    [
      'an RSA key of 1024 bits',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }),
    ],
    ['a key for encryption', { ...first, use: 'enc' }],
    ['another algorithm than the curve’s', { ...first, alg: 'HS256' }],
    ['a place to fetch it from', { ...first, x5u: 'https://elsewhere.example' }],
    ['nothing', undefined],
  ])('refuses %s', (_name, jwk) => {
    expect(readClientKey(jwk)).toBeUndefined();
  });
});

describe('decideAddition', () => {
  it('adds a key beside the one that is there', () => {
    const second = newKey('emr-2');
    expect(decideAddition([first], none, second)).toEqual({ kind: 'added', keys: [first, second] });
  });

  it.each([
    ['a key that is there, under another id', [first], none, { ...first, kid: 'emr-2' }, 'key-known'],
    ['an id that is there', [first], none, newKey('emr-1'), 'kid-taken'],
    ['a key that was withdrawn', [newKey()], new Set([thumbprintOf(first)]), { ...first, kid: 'new' }, 'key-withdrawn'],
    ['one too many', Array.from({ length: MAX_KEYS }, () => newKey()), none, first, 'too-many-keys'],
  ] as const)('refuses %s', (_name, keys, withdrawn, candidate, code) => {
    expect(decideAddition(keys, withdrawn, candidate)).toEqual({ kind: 'refused', code });
  });
});

describe('decideWithdrawal', () => {
  it('leaves the other key', () => {
    const second = newKey('emr-2');
    expect(decideWithdrawal([first, second], thumbprintOf(first))).toEqual({ kind: 'withdrawn', keys: [second] });
  });

  it.each([
    ['a key that is not the client’s', [first, newKey()], thumbprintOf(newKey()), 'key-unknown'],
    ['the last key', [first], thumbprintOf(first), 'last-key'],
  ])('refuses %s', (_name, keys, thumbprint, code) => {
    expect(decideWithdrawal(keys, thumbprint)).toEqual({ kind: 'refused', code });
  });
});
