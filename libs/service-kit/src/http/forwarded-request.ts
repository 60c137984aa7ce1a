import { digestOf } from '@hie/purpose-of-use';

/** The header a transaction token travels in over HTTP; never `Authorization`, because it authenticates nobody. */
export const TXN_TOKEN_HEADER = 'txn-token';

/**
 * What binds a transaction token to one forwarded request: method, path with query, and body.
 *
 * The gateway puts it into the token's `qh`; the owner computes it again from what arrived.
 */
export const requestDigest = (method: string, pathAndQuery: string, body: Uint8Array | string): string =>
  digestOf(`${method.toUpperCase()}\n${pathAndQuery}\n${digestOf(body)}`);
