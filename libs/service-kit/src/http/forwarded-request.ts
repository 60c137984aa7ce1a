import { digestOf } from '@hie/purpose-of-use';

/** The header a transaction token travels in over HTTP; never `Authorization`, because it authenticates nobody. */
export const TXN_TOKEN_HEADER = 'txn-token';

/**
 * The header in which an owner tells the gateway what was tried, where the answer is to be the same as if there were nothing. It is for the
 * ledger; the gateway passes no header of an owner on.
 */
export const ATTEMPT_HEADER = 'hie-attempt';

/**
 * What binds a transaction token to one forwarded request: method, path with query, and body.
 *
 * The gateway puts it into the token's `qh`; the owner computes it again from what arrived.
 */
export const requestDigest = (method: string, pathAndQuery: string, body: Uint8Array | string): string =>
  digestOf(`${method.toUpperCase()}\n${pathAndQuery}\n${digestOf(body)}`);
