// Demonstrating proof of possession: https://www.rfc-editor.org/rfc/rfc9449
import { type JsonWebKey, createHash, randomUUID } from 'node:crypto';

import { type CryptoKey, type JWK, SignJWT, exportJWK, generateKeyPair, importJWK } from 'jose';

/** A key that tokens are bound to: whoever has a token and not this has nothing. */
export class DpopKey {
  private constructor(
    private readonly privateKey: CryptoKey,
    private readonly jwk: JWK,
  ) {}

  static async make(): Promise<DpopKey> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    return new DpopKey(privateKey, await exportJWK(publicKey));
  }

  /** A key that was kept. */
  static async of(privateJwk: JsonWebKey): Promise<DpopKey> {
    const { d: _secret, ...jwk } = privateJwk as JWK;
    return new DpopKey((await importJWK(privateJwk as JWK, 'ES256', { extractable: true })) as CryptoKey, jwk);
  }

  /** To keep it; whoever reads it can use the tokens that are bound to it. */
  async privateJwk(): Promise<JsonWebKey> {
    return (await exportJWK(this.privateKey)) as JsonWebKey;
  }

  /** @param url with or without a query; a proof is for the path alone */
  proof(method: string, url: string, token?: string): Promise<string> {
    const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
    return new SignJWT({ htm: method, htu: url.split(/[?#]/, 1)[0] ?? url, jti: randomUUID(), ...ath })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: this.jwk })
      .setIssuedAt()
      .sign(this.privateKey);
  }
}
