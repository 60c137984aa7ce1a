// The form beside a peer: what is signed here jose verifies, and what jose signs is verified here.
import { generateKeyPairSync } from 'node:crypto';

import fc from 'fast-check';
import { SignJWT, jwtVerify } from 'jose';

import { readJws, signJws, verifyJws } from './compact-jws.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const jws = signJws('test+jwt', { sub: 'somebody' }, 'k-1', privateKey);

describe('a compact JWS', () => {
  it('is one to jose, too', async () => {
    const { payload, protectedHeader } = await jwtVerify(jws, publicKey, { algorithms: ['EdDSA'], typ: 'test+jwt' });
    expect(payload).toEqual({ sub: 'somebody' });
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'test+jwt', kid: 'k-1' });
  });

  it('that jose signed is read and verified', async () => {
    const theirs = await new SignJWT({ sub: 'x' }).setProtectedHeader({ alg: 'EdDSA', kid: 'k-2' }).sign(privateKey);
    expect(readJws(theirs)).toEqual({ header: { alg: 'EdDSA', kid: 'k-2' }, payload: { sub: 'x' } });
    expect(verifyJws(theirs, publicKey)).toBe(true);
  });

  it('is refused with any of its characters changed', () => {
    fc.assert(
      fc.property(fc.nat(jws.length - 1), fc.constantFrom(...'Az0-_.'), (at, character) => {
        fc.pre(jws[at] !== character);
        expect(verifyJws(`${jws.slice(0, at)}${character}${jws.slice(at + 1)}`, publicKey)).toBe(false);
      }),
    );
  });

  it.each([
    ['another key’s signature', jws, generateKeyPairSync('ed25519').publicKey],
    ['padding after the signature', `${jws}==`, publicKey],
    ['no signature', jws.slice(0, jws.lastIndexOf('.') + 1), publicKey],
  ])('is refused with %s', (_name, text, key) => {
    expect(verifyJws(text, key)).toBe(false);
  });

  it.each([['one part'], ['a.b'], ['a.b.c.d'], ['..'], ['bm8.bm8.bm8'], [`${btoa('"text"')}.${btoa('{}')}.x`]])(
    'is not seen in %p',
    (text) => {
      expect(readJws(text)).toBeUndefined();
    },
  );
});
