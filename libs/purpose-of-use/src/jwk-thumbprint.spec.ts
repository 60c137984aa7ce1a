import { generateKeyPairSync } from 'node:crypto';

import { calculateJwkThumbprint } from 'jose';

import { jwkThumbprint } from './jwk-thumbprint.js';

const pairs = {
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  Ed25519: generateKeyPairSync('ed25519'),
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }),
};

describe('jwkThumbprint', () => {
  it('is that of the example in RFC 7638, section 3.1', () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs' +
      'tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn' +
      '1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
    expect(jwkThumbprint({ kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' })).toBe(
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    );
  });

  it.each(Object.entries(pairs))(
    'is what jose says of a key on %s, whatever else the key says',
    async (_name, pair) => {
      const jwk = pair.publicKey.export({ format: 'jwk' });
      expect(jwkThumbprint({ kid: 'any', use: 'sig', ...jwk })).toBe(await calculateJwkThumbprint(jwk as never));
    },
  );

  it.each([
    ['a symmetric key', { kty: 'oct', k: 'x' }],
    ['a key without a part', { kty: 'EC', crv: 'P-256', x: 'x' }],
    ['a part that is no text', { kty: 'OKP', crv: 'Ed25519', x: 7 }],
    ['a kind that every object has', { kty: '__proto__' }],
  ])('is none for %s', (_name, jwk) => {
    expect(jwkThumbprint(jwk)).toBeUndefined();
  });
});
