// OAuth Transaction Tokens: https://datatracker.ietf.org/doc/draft-ietf-oauth-transaction-tokens/
// The draft says nothing about queues; the binding to one message is `tctx.qh` here and the hop seal (hop-seal.ts).
import type { KeyObject } from 'node:crypto';

import {
  JWS_ALGORITHM,
  type JwsSigner,
  type UnverifiedJws,
  isWrittenOnce,
  readJws,
  signJws,
  signJwsBy,
  verifyJws,
} from './compact-jws.js';
import { TrustError } from './errors.js';
import { type Purpose, isPurpose } from './purpose.js';
import { isObject, isStrings } from './shapes.js';

export const TRANSACTION_TOKEN_TYPE = 'txntoken+jwt';
export const MAX_TOKEN_BYTES = 8 * 1024;
/** A query lives for seconds; a token that lives for minutes is already generous. */
export const MAX_TOKEN_LIFETIME_S = 120;
const CLOCK_TOLERANCE_S = 5;
const REQUIRED_TEXTS = ['iss', 'aud', 'jti', 'txn', 'sub', 'scope'] as const;
const REQUIRED_TIMES = ['iat', 'nbf', 'exp'] as const;

/** What the transaction is, immutable from mint to end (`tctx` of the draft). */
export interface TransactionContext {
  /** The one purpose of use. */
  readonly purp: Purpose;
  /** SHA-256 (base64url) of the query exactly as the gateway wrote it, patient hint included. */
  readonly qh: string;
  /** The requesting member's id. */
  readonly org: string;
  /** The acting person at the member, as the member names them; absent for an unattended system. */
  readonly user?: string;
  /** Kinds of record asked for (FHIR resource types). */
  readonly res: readonly string[];
  /** Absolute end of the transaction, ms since the epoch. */
  readonly deadline: number;
}

/** How the requester came in (`rctx` of the draft). */
export interface RequesterContext {
  readonly req_ip?: string;
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly xrid?: string;
}

export interface TransactionClaims {
  readonly iss: string;
  readonly aud: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly jti: string;
  /** One transaction from the door to the ledger. */
  readonly txn: string;
  /** The client that asked. */
  readonly sub: string;
  readonly req_wl: readonly string[];
  /** Space separated. */
  readonly scope: string;
  readonly tctx: TransactionContext;
  readonly rctx: RequesterContext;
}

/** A public key a token may be signed with, found by `kid` in a Map: a plain object would answer to `__proto__`. */
export type TokenKeys = ReadonlyMap<string, KeyObject>;

export interface TokenExpectation {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: TokenKeys;
  readonly nowMs: number;
}

/** Signs claims as a transaction token (ES256, `typ: txntoken+jwt`). */
export const mintTransactionToken = (claims: TransactionClaims, kid: string, key: KeyObject): string =>
  signJws(TRANSACTION_TOKEN_TYPE, claims, kid, key);

/** The same by a signer whose key may be in a device. */
export const mintTransactionTokenBy = (claims: TransactionClaims, signer: JwsSigner): Promise<string> =>
  signJwsBy(TRANSACTION_TOKEN_TYPE, claims, signer);

/**
 * Verifies a transaction token and returns its claims.
 *
 * Says who asked, for which purpose, about which query, until when. It does not say that *this message* belongs to it
 * (see `openSeal`), and it is not resistant to replay by itself, as the draft warns: the inbox is.
 *
 * @throws TrustError with a `token-*` code; nothing about the claims may be believed then.
 */
export function verifyTransactionToken(token: string, expected: TokenExpectation): TransactionClaims {
  if (token.length > MAX_TOKEN_BYTES) throw new TrustError('token-malformed', 'nothing');
  const read = readJws(token);
  if (read === undefined || !isWrittenOnce(token, read)) throw new TrustError('token-malformed', 'nothing');
  verifySignature(token, read, expected.keys);
  checkRegistered(read.payload, expected);
  return checkOwn(read.payload);
}

function verifySignature(token: string, { header }: UnverifiedJws, keys: TokenKeys): void {
  const { alg, kid } = header;
  // `crit` names extensions that must be understood, and none is (RFC 7515, 4.1.11).
  if (alg !== JWS_ALGORITHM || typeof kid !== 'string' || 'crit' in header) {
    throw new TrustError('token-malformed', 'nothing');
  }
  const key = keys.get(kid);
  if (key === undefined) throw new TrustError('token-key-unknown', 'shape');
  if (!verifyJws(token, key)) throw new TrustError('token-signature-invalid', 'shape');
  if (header['typ'] !== TRANSACTION_TOKEN_TYPE) throw new TrustError('token-type', 'token');
}

/** The registered claims, RFC 7519, section 4.1. */
function checkRegistered(payload: UnverifiedJws['payload'], { issuer, audience, nowMs }: TokenExpectation): void {
  const missing = REQUIRED_TEXTS.some((name) => typeof payload[name] !== 'string');
  if (missing || REQUIRED_TIMES.some((name) => !Number.isSafeInteger(payload[name]))) {
    throw new TrustError('token-malformed', 'token');
  }
  const { iss, aud, iat, nbf, exp } = payload as unknown as TransactionClaims;
  if (iss !== issuer) throw new TrustError('token-issuer', 'token');
  if (aud !== audience) throw new TrustError('token-audience', 'token');
  const nowS = Math.floor(nowMs / 1000);
  if (Math.max(iat, nbf) > nowS + CLOCK_TOLERANCE_S) throw new TrustError('token-not-yet-valid', 'token');
  if (exp <= nowS - CLOCK_TOLERANCE_S) throw new TrustError('token-expired', 'token');
  if (exp - iat > MAX_TOKEN_LIFETIME_S) throw new TrustError('token-lifetime-too-long', 'token');
}

/** What the draft and this project add. */
function checkOwn(payload: UnverifiedJws['payload']): TransactionClaims {
  const { req_wl, tctx, rctx } = payload;
  if (!isStrings(req_wl) || !isObject(tctx) || !isObject(rctx)) {
    throw new TrustError('token-malformed', 'token');
  }
  const { purp, qh, org, user, res, deadline } = tctx;
  const shaped = typeof qh === 'string' && typeof org === 'string' && isStrings(res) && Number.isSafeInteger(deadline);
  if (!shaped || !(user === undefined || typeof user === 'string')) throw new TrustError('token-malformed', 'token');
  if (!isPurpose(purp)) throw new TrustError('purpose-unknown', 'token');
  return payload as unknown as TransactionClaims;
}
