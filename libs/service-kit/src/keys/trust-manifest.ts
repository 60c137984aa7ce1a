// JWS (RFC 7515, EdDSA) over the public keys of every service, signed by a key that no service holds.
import { type JsonWebKey, type KeyObject, createPublicKey, verify } from 'node:crypto';

import type { SealKeys, TokenKeys } from '@hie/purpose-of-use';
import { z } from 'zod';

const p256 = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), kid: z.string(), x: z.string(), y: z.string() });
const x25519 = z.object({ kty: z.literal('OKP'), crv: z.literal('X25519'), kid: z.string(), x: z.string() });

const manifestSchema = z.object({
  iat: z.number(),
  services: z.record(
    z.string(),
    z.object({
      /** `exp` (s): the end of a key that its service no longer signs with. */
      seal: z.array(p256.extend({ exp: z.number().optional() })),
      agree: z.array(x25519),
      token: z.array(p256).default([]),
    }),
  ),
});

/** Whose key is whose, as the exchange's operator signed it. */
export interface TrustManifest {
  /** When it was signed, s; a younger one is never replaced by an older. */
  readonly iat: number;
  readonly sealKeys: SealKeys;
  readonly tokenKeys: TokenKeys;
  /** Newest first. */
  readonly agreementKeys: ReadonlyMap<string, readonly { readonly kid: string; readonly key: KeyObject }[]>;
}

/** @throws RangeError when the signature is not the root's: a service does not start on keys that nobody vouches for. */
export function readTrustManifest(jws: string, root: JsonWebKey): TrustManifest {
  const [protectedPart = '', payload = '', signature = ''] = jws.trim().split('.');
  const rootKey = createPublicKey({ key: root, format: 'jwk' });
  const isSigned = verify(
    null,
    Buffer.from(`${protectedPart}.${payload}`),
    rootKey,
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) throw new RangeError('The trust manifest is not signed by the trust root.');
  const manifest = manifestSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  const rows = Object.entries(manifest.services);
  return {
    iat: manifest.iat,
    sealKeys: new Map(
      rows.flatMap(([service, { seal }]) =>
        seal.map(({ exp, ...jwk }) => {
          const until = exp === undefined ? {} : { untilMs: exp * 1000 };
          return [jwk.kid, { service, key: publicKey(jwk), ...until }] as const;
        }),
      ),
    ),
    tokenKeys: new Map(rows.flatMap(([, { token }]) => token.map((jwk) => [jwk.kid, publicKey(jwk)] as const))),
    agreementKeys: new Map(
      rows.map(([service, { agree }]) => [service, agree.map((jwk) => ({ kid: jwk.kid, key: publicKey(jwk) }))]),
    ),
  };
}

const publicKey = (jwk: JsonWebKey): KeyObject => createPublicKey({ key: jwk, format: 'jwk' });
