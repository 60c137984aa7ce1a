// The form beside a peer: what is signed here jose verifies, and what jose signs is verified here, once S is in the lower half.
import { generateKeyPairSync } from 'node:crypto';

import fc from 'fast-check';
import { SignJWT, jwtVerify } from 'jose';

import { readJws, signJws, verifyJws } from './compact-jws.js';
import { inLowerHalf } from './es256.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jws = signJws('test+jwt', { sub: 'somebody' }, 'k-1', privateKey);

describe('a compact JWS', () => {
  it('is one to jose, too', async () => {
    const { payload, protectedHeader } = await jwtVerify(jws, publicKey, { algorithms: ['ES256'], typ: 'test+jwt' });
    expect(payload).toEqual({ sub: 'somebody' });
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'test+jwt', kid: 'k-1' });
  });

  it('that jose signed is read and verified', async () => {
    const theirs = await new SignJWT({ sub: 'x' }).setProtectedHeader({ alg: 'ES256', kid: 'k-2' }).sign(privateKey);
    expect(readJws(theirs)).toEqual({ header: { alg: 'ES256', kid: 'k-2' }, payload: { sub: 'x' } });
    const cut = theirs.lastIndexOf('.') + 1;
    const signature = inLowerHalf(Buffer.from(theirs.slice(cut), 'base64url')).toString('base64url');
    expect(verifyJws(`${theirs.slice(0, cut)}${signature}`, publicKey)).toBe(true);
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
    ['another key’s signature', jws, generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey],
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
