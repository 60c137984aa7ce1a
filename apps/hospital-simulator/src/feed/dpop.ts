import { createHash, randomUUID } from 'node:crypto';

import { type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose';

/** Makes DPoP proofs (RFC 9449) with one key, and remembers the last nonce of each server. */
export interface DpopProver {
  /** @param accessToken the token the request carries, for `ath`; absent at the token endpoint. */
  readonly proof: (method: string, url: string, nowS: number, accessToken?: string) => Promise<string>;
  /** Keeps the `DPoP-Nonce` of an answer. True when it is a new one: the request is worth sending again. */
  readonly learnNonce: (url: string, nonce: string | undefined) => boolean;
}

/** A prover with a fresh P-256 key, as long as the process lives. */
export async function dpopProver(): Promise<DpopProver> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const { kty, crv, x, y }: JWK = await exportJWK(publicKey);
  const nonces = new Map<string, string>();
  return {
    proof: (method, url, nowS, accessToken) => {
      const { origin, pathname } = new URL(url);
      const nonce = nonces.get(origin);
      const claims = {
        htm: method,
        htu: `${origin}${pathname}`,
        jti: randomUUID(),
        ...(accessToken === undefined ? {} : { ath: createHash('sha256').update(accessToken).digest('base64url') }),
        ...(nonce === undefined ? {} : { nonce }),
      };
      const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } as JWK };
      return new SignJWT(claims).setProtectedHeader(header).setIssuedAt(nowS).sign(privateKey);
    },
    learnNonce: (url, nonce) => {
      const { origin } = new URL(url);
      if (nonce === undefined || nonces.get(origin) === nonce) return false;
      nonces.set(origin, nonce);
      return true;
    },
  };
}
