// JSON Web Key (JWK) Thumbprint: https://www.rfc-editor.org/rfc/rfc7638
import { digestOf } from './compact-jws.js';

/** The members that make a key what it is, in the order in which they are hashed (RFC 7638, section 3.2; RFC 8037 for `OKP`). */
const requiredMembers = new Map<unknown, readonly string[]>([
  ['EC', ['crv', 'kty', 'x', 'y']],
  ['OKP', ['crv', 'kty', 'x']],
  ['RSA', ['e', 'kty', 'n']],
]);

/**
 * What a public key is called wherever a key id could be anybody's word: SHA-256 over its required members, base64url.
 *
 * @returns `undefined` for a key of another kind, or one that lacks a part.
 */
export function jwkThumbprint(jwk: Readonly<Record<string, unknown>>): string | undefined {
  const names = requiredMembers.get(jwk['kty']);
  if (names === undefined || names.some((name) => typeof jwk[name] !== 'string')) return undefined;
  return digestOf(JSON.stringify(Object.fromEntries(names.map((name) => [name, jwk[name]]))));
}
