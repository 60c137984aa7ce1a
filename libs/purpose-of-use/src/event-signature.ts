// RFC 7515, appendix F: a signature whose payload travels by itself. What a service told the ledger stays its word there, long after the
// message that brought it is gone.
import type { KeyObject } from 'node:crypto';

import { JWS_ALGORITHM, readJws, signJws, verifyJws } from './compact-jws.js';
import type { SealKeys } from './hop-seal.js';

const EVENT_TYPE = 'hie-event+jws';
const MAX_SIGNATURE_CHARACTERS = 512;

/** Signs the digest of an event with the key that the service seals its messages with. @returns `header..signature` */
export function signEvent(digest: string, kid: string, key: KeyObject): string {
  const [header, , signature] = signJws(EVENT_TYPE, { d: digest }, kid, key).split('.');
  return `${header}..${signature}`;
}

/**
 * Whose key signed the digest of an event.
 *
 * @param atMs when the event says that it happened: a key vouches for nothing after its end.
 * @returns the service; `undefined` for what nobody known has signed.
 */
export function signerOf(signature: string, digest: string, atMs: number, keys: SealKeys): string | undefined {
  if (signature.length > MAX_SIGNATURE_CHARACTERS) return undefined;
  const [header, between, signed, ...rest] = signature.split('.');
  if (between !== '' || rest.length > 0) return undefined;
  const payload = Buffer.from(JSON.stringify({ d: digest })).toString('base64url');
  const jws = `${header}.${payload}.${signed}`;
  const { alg, typ, kid } = readJws(jws)?.header ?? {};
  if (alg !== JWS_ALGORITHM || typ !== EVENT_TYPE || typeof kid !== 'string') return undefined;
  const known = keys.get(kid);
  if (known === undefined || (known.untilMs !== undefined && atMs > known.untilMs)) return undefined;
  return verifyJws(jws, known.key) ? known.service : undefined;
}
