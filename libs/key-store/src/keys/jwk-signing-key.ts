import { type JsonWebKey, type KeyObject, createPrivateKey, createPublicKey, hash, sign } from 'node:crypto';

import type { SigningAlgorithm, SigningKey } from './signing-key.js';

const algorithms: Readonly<Record<string, SigningAlgorithm>> = { Ed25519: 'EdDSA', 'P-256': 'ES256', 'P-384': 'ES384' };
export const digests = { ES256: 'sha256', ES384: 'sha384' } as const;

/** A signing key whose private half is this JWK. @throws RangeError for a curve that nothing here signs with. */
export function jwkSigningKey(jwk: JsonWebKey & { readonly kid?: string }): SigningKey {
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  const alg = algorithmOf(jwk.crv);
  const publicKey = createPublicKey(key);
  return { kid: jwk.kid ?? thumbprint(publicKey), alg, publicKey, sign: signerOf(alg, key) };
}

export function algorithmOf(crv: string | undefined): SigningAlgorithm {
  const alg = Object.hasOwn(algorithms, crv ?? '') ? algorithms[crv ?? ''] : undefined;
  if (alg === undefined) throw new RangeError('Services sign with Ed25519, P-256 and P-384 alone.');
  return alg;
}

/** RFC 7638: a name for a key that was given none. */
export function thumbprint(publicKey: KeyObject): string {
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  return hash('sha256', JSON.stringify(y === undefined ? { crv, kty, x } : { crv, kty, x, y }), 'base64url');
}

function signerOf(alg: SigningAlgorithm, key: KeyObject): SigningKey['sign'] {
  if (alg === 'EdDSA') return (message) => sign(null, message, key);
  return (message) => sign(digests[alg], message, { key, dsaEncoding: 'ieee-p1363' });
}
