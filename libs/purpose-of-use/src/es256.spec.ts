import { generateKeyPairSync, sign, verify } from 'node:crypto';

import fc from 'fast-check';

import { inLowerHalf, signEs256, verifyEs256 } from './es256.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const ecdsa = <Key>(key: Key) => ({ key, dsaEncoding: 'ieee-p1363' }) as const;

/** (R, n − S), which verifies too. */
function mirrored(signature: Buffer): Buffer {
  const s = ORDER - BigInt(`0x${signature.toString('hex', 32)}`);
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
}

describe('ES256', () => {
  it('is ECDSA to OpenSSL, and has one signature of the two that are good', () => {
    fc.assert(
      fc.property(fc.uint8Array({ size: 'max', maxLength: 300 }), (message) => {
        const signature = signEs256(message, privateKey);
        expect(verify('sha256', message, ecdsa(publicKey), signature)).toBe(true);
        expect(verify('sha256', message, ecdsa(publicKey), mirrored(signature))).toBe(true);
        expect(verifyEs256(message, publicKey, signature)).toBe(true);
        expect(verifyEs256(message, publicKey, mirrored(signature))).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('takes what a device signed in either half', () => {
    const message = Buffer.from('a token');
    const signature = sign('sha256', message, ecdsa(privateKey));
    for (const each of [signature, mirrored(signature)]) {
      expect(verifyEs256(message, publicKey, inLowerHalf(each))).toBe(true);
    }
    expect(inLowerHalf(signature)).toEqual(inLowerHalf(mirrored(signature)));
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['zeros (CVE-2022-21449)', Buffer.alloc(64)],
    ['an S of n', Buffer.concat([Buffer.alloc(32, 1), Buffer.from(ORDER.toString(16), 'hex')])],
    ['63 bytes', Buffer.alloc(63, 1)],
    ['DER', sign('sha256', Buffer.from('a token'), privateKey)],
  ])('refuses %s', (_name, signature) => {
    expect(verifyEs256(Buffer.from('a token'), publicKey, signature)).toBe(false);
  });
});
