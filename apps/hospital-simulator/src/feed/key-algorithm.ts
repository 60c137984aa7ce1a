import { type CryptoKey, type JWK, importJWK } from 'jose';

/** A private key with the algorithm it signs with and the id it is published under. */
export interface SigningKey {
  readonly key: CryptoKey;
  readonly algorithm: 'ES256' | 'ES384' | 'EdDSA';
  readonly keyId?: string;
}

const BY_CURVE = { 'P-256': 'ES256', 'P-384': 'ES384', Ed25519: 'EdDSA' } as const;

/**
 * Imports a private JWK of one of the three kinds of key that are used here; the curve decides the algorithm.
 *
 * @throws RangeError for any other key.
 */
export async function signingKey(jwk: JWK): Promise<SigningKey> {
  const algorithm = Object.entries(BY_CURVE).find(([curve]) => curve === jwk.crv)?.[1];
  if (algorithm === undefined || jwk.d === undefined)
    throw new RangeError('a private key on P-256, P-384 or Ed25519 is needed');
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) throw new RangeError('a private key on P-256, P-384 or Ed25519 is needed');
  return { key, algorithm, ...(jwk.kid === undefined ? {} : { keyId: jwk.kid }) };
}
