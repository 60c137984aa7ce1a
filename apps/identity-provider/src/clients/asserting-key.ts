import { jwkThumbprint } from '@hie/purpose-of-use';
import { type JWK, compactVerify, decodeProtectedHeader, importJWK } from 'jose';

type RegisteredKey = Readonly<Record<string, unknown>>;

/**
 * Which of a client's registered keys has signed an assertion: two may have no id, and a `kid` is the client's word for it.
 *
 * @returns the key's thumbprint (RFC 7638); `undefined` when none of them has.
 */
export async function assertingKey(assertion: string, keys: readonly RegisteredKey[]): Promise<string | undefined> {
  const { alg = '', kid } = decodeProtectedHeader(assertion);
  for (const key of keys) {
    const thumbprint = jwkThumbprint(key);
    const isMeant = kid === undefined || kid === key['kid'];
    if (thumbprint !== undefined && isMeant && (await hasSigned(key, alg, assertion))) return thumbprint;
  }
  return undefined;
}

async function hasSigned(key: RegisteredKey, alg: string, assertion: string): Promise<boolean> {
  try {
    await compactVerify(assertion, await importJWK(key as JWK, alg), { algorithms: [alg] });
    return true;
  } catch {
    // Of another kind than the algorithm, or another key: it has not.
    return false;
  }
}
