import { generateKeyPairSync } from 'node:crypto';

import { ecPublicKey, paramsOf } from './ec-public-key.js';

const uncompressed = (namedCurve: 'P-256' | 'P-384'): { readonly point: Buffer; readonly jwk: object } => {
  const jwk = generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' });
  const [x, y] = [jwk.x, jwk.y].map((part) => Buffer.from(part ?? '', 'base64url')) as [Buffer, Buffer];
  return { point: Buffer.concat([Buffer.of(4), x, y]), jwk };
};
const wrapped = (point: Buffer): Buffer => Buffer.concat([Buffer.of(4, point.length), point]);

describe('a public key of a token', () => {
  it.each(['P-256', 'P-384'] as const)('on %s is read with and without the octet string around it', (crv) => {
    const { point, jwk } = uncompressed(crv);
    for (const form of [wrapped(point), point]) {
      expect(ecPublicKey(paramsOf(crv), form).key.export({ format: 'jwk' })).toEqual(jwk);
    }
  });

  it.each([
    ['as a name', '130c656477617264733235353139'],
    ['as an OID', '06032b6570'],
  ])('on Ed25519 is read where the curve is given %s', (_how, params) => {
    const jwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const point = Buffer.from(jwk.x ?? '', 'base64url');
    const read = ecPublicKey(Buffer.from(params, 'hex'), wrapped(point));
    expect([read.crv, read.key.export({ format: 'jwk' })]).toEqual(['Ed25519', jwk]);
  });

  it('is not taken for wrapped where it merely begins so', () => {
    const point = Buffer.from('0420'.padEnd(64, '7'), 'hex');
    const { key } = ecPublicKey(paramsOf('Ed25519'), point);
    expect(key.export({ format: 'jwk' }).x).toBe(point.toString('base64url'));
  });

  it('is refused on another curve, and when it is not on its curve', () => {
    expect(() => ecPublicKey(Buffer.from('06052b8104000a', 'hex'), Buffer.alloc(67))).toThrow('key-unsupported');
    expect(() => ecPublicKey(paramsOf('P-256'), wrapped(Buffer.alloc(65, 4)))).toThrow('key-unsupported');
    expect(() => ecPublicKey(paramsOf('P-256'), Buffer.alloc(64, 4))).toThrow('key-unsupported');
  });
});
