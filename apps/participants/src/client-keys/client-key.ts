// Keys of SMART Backend Services: https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html
import { type JsonWebKey, createPublicKey } from 'node:crypto';

import { jwkThumbprint } from '@hie/purpose-of-use';
import { z } from 'zod';

/** A public key as it is registered: what makes it a key, and what it is called. */
export type ClientKey = Readonly<Record<string, unknown>>;

/** RFC 7518, section 3.3: a shorter RSA key is none. */
const MIN_RSA_BITS = 2048;

const text = z.string().max(1024);
const ec = { kty: z.literal('EC'), x: text, y: text };
const names = { kid: z.string().min(1).max(128).optional(), use: z.literal('sig').optional() };
const fits = (alg: string) => z.literal(alg).optional();
/** Strict: a private part, or anything else that nobody asked for, is refused rather than dropped in silence. */
const clientKeySchema = z.union([
  z.strictObject({ ...ec, ...names, crv: z.literal('P-256'), alg: fits('ES256') }),
  z.strictObject({ ...ec, ...names, crv: z.literal('P-384'), alg: fits('ES384') }),
  z.strictObject({ ...names, kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: text, alg: fits('EdDSA') }),
  z.strictObject({ ...names, kty: z.literal('RSA'), n: text, e: text, alg: fits('RS384') }),
]);

/** Reads a public key that the token endpoint can check an assertion with. @returns `undefined` for anything else. */
export function readClientKey(body: unknown): ClientKey | undefined {
  const parsed = clientKeySchema.safeParse(body);
  if (!parsed.success || !isUsable(parsed.data)) return undefined;
  return parsed.data;
}

/** The thumbprint of a key that {@link readClientKey} has read. @throws RangeError for one that it would not have. */
export function thumbprintOf(key: ClientKey): string {
  const thumbprint = jwkThumbprint(key);
  if (thumbprint === undefined) throw new RangeError('A key without a thumbprint was read.');
  return thumbprint;
}

function isUsable(jwk: object): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    return asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
  } catch {
    // A point that is not on its curve, or no number: no key.
    return false;
  }
}
