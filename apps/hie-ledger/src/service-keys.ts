import { type JsonWebKey, createPublicKey, verify } from 'node:crypto';

import type { SealKeys } from '@hie/purpose-of-use';

import { Complaint } from './complaint.js';

type ServiceKey = JsonWebKey & { readonly kid: string; readonly exp?: number };

interface Manifest {
  readonly services: Readonly<Record<string, { readonly seal: readonly ServiceKey[] }>>;
}

/**
 * Whose key is whose, as the exchange's trust root has signed it: the file that every service starts with.
 *
 * @param manifest a compact JWS (RFC 7515, EdDSA)
 * @param root the trust root's public key, a JWK
 * @throws Complaint where one of them is none, or the root has not signed this
 */
export function readServiceKeys(manifest: string, root: string): SealKeys {
  const [header = '', payload = '', signature = ''] = manifest.trim().split('.');
  try {
    const key = createPublicKey({ key: JSON.parse(root) as JsonWebKey, format: 'jwk' });
    const isSigned = verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
    if (!isSigned) throw new Complaint('the trust root has not signed these keys of services');
    const { services } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Manifest;
    return new Map(
      Object.entries(services).flatMap(([service, { seal }]) => seal.map((each) => [each.kid, keyOf(service, each)])),
    );
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint('the keys of services can not be read');
  }
}

const keyOf = (service: string, { exp, ...jwk }: ServiceKey) => ({
  service,
  key: createPublicKey({ key: jwk, format: 'jwk' }),
  ...(exp === undefined ? {} : { untilMs: exp * 1000 }),
});
