import type { KeyObject } from 'node:crypto';

/** What services sign with; the name is JOSE's (RFC 7518, RFC 8037). */
export type SigningAlgorithm = 'EdDSA' | 'ES256' | 'ES384';

/** A key that signs. Its private half may be in this process or may never leave the device that holds it. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly publicKey: KeyObject;
  /**
   * A signature over exactly these bytes in the form of a JWS: 64 bytes of Ed25519, or R and S side by side for ECDSA. At once where the key
   * is in memory; a promise where a device signs.
   */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** What a service signs with keys of its own, beside the seals of its messages. */
export type SigningUse = 'token' | 'log' | 'oidc' | 'member-client';

/**
 * Where signing keys are kept.
 *
 * A port: a file ({@link jwkSigningKey}) or a PKCS#11 token ({@link Pkcs11Token}), for each key as the key file says. Asked anew every time,
 * so that a rotation takes effect without a restart.
 */
export interface KeyStore {
  /**
   * The keys of a use: first the one that signs, then those that are published beside it while keys change.
   *
   * @throws RangeError when the service has none for that use.
   */
  signingKeys(use: SigningUse): readonly [SigningKey, ...SigningKey[]];
}
