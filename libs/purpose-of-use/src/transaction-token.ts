// OAuth Transaction Tokens: https://datatracker.ietf.org/doc/draft-ietf-oauth-transaction-tokens/
// The draft says nothing about queues; the binding to one message is `tctx.qh` here and the hop seal (hop-seal.ts).
import { type KeyObject, createHash } from 'node:crypto';

import { SignJWT, decodeProtectedHeader, errors, jwtVerify } from 'jose';

import { TrustError } from './errors.js';
import { type Purpose, isPurpose } from './purpose.js';

export const TRANSACTION_TOKEN_TYPE = 'txntoken+jwt';
export const MAX_TOKEN_BYTES = 8 * 1024;
/** A query lives for seconds; a token that lives for minutes is already generous. */
export const MAX_TOKEN_LIFETIME_S = 120;
const CLOCK_TOLERANCE_S = 5;

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

/** The base64url SHA-256 of a text; how a token names a query and a seal names a token. */
export const digestOf = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('base64url');

/** Signs claims as a transaction token (EdDSA, `typ: txntoken+jwt`). */
export const mintTransactionToken = (claims: TransactionClaims, kid: string, key: KeyObject): Promise<string> =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'EdDSA', typ: TRANSACTION_TOKEN_TYPE, kid }).sign(key);

/**
 * Verifies a transaction token and returns its claims.
 *
 * Says who asked, for which purpose, about which query, until when. It does not say that *this message* belongs to it
 * (see `openSeal`), and it is not resistant to replay by itself, as the draft warns: the inbox is.
 *
 * @throws TrustError with a `token-*` code; nothing about the claims may be believed then.
 */
export async function verifyTransactionToken(token: string, expected: TokenExpectation): Promise<TransactionClaims> {
  if (token.length > MAX_TOKEN_BYTES) throw new TrustError('token-malformed', 'nothing');
  const key = expected.keys.get(keyId(token));
  if (key === undefined) throw new TrustError('token-key-unknown', 'shape');
  try {
    const { payload } = await jwtVerify<TransactionClaims>(token, key, {
      algorithms: ['EdDSA'],
      typ: TRANSACTION_TOKEN_TYPE,
      issuer: expected.issuer,
      audience: expected.audience,
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(expected.nowMs),
      requiredClaims: ['iss', 'aud', 'iat', 'nbf', 'exp', 'jti', 'txn', 'sub', 'req_wl', 'scope', 'tctx', 'rctx'],
    });
    return checkedClaims(payload, expected.nowMs);
  } catch (error) {
    throw asTrustError(error);
  }
}

function keyId(token: string): string {
  try {
    return decodeProtectedHeader(token).kid ?? '';
  } catch (cause) {
    throw new TrustError('token-malformed', 'nothing', { cause });
  }
}

function checkedClaims(claims: TransactionClaims, nowMs: number): TransactionClaims {
  if (claims.exp - claims.iat > MAX_TOKEN_LIFETIME_S) throw new TrustError('token-lifetime-too-long', 'token');
  if (claims.iat * 1000 > nowMs + CLOCK_TOLERANCE_S * 1000) throw new TrustError('token-not-yet-valid', 'token');
  const { purp, qh, org, res, deadline } = claims.tctx;
  const shaped =
    typeof qh === 'string' && typeof org === 'string' && Array.isArray(res) && Number.isSafeInteger(deadline);
  if (!shaped || typeof claims.scope !== 'string') throw new TrustError('token-malformed', 'token');
  if (!isPurpose(purp)) throw new TrustError('purpose-unknown', 'token');
  return claims;
}

function asTrustError(error: unknown): TrustError {
  if (error instanceof TrustError) return error;
  const cause = { cause: error };
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return new TrustError('token-signature-invalid', 'shape', cause);
  if (error instanceof errors.JWTExpired) return new TrustError('token-expired', 'token', cause);
  if (error instanceof errors.JWTClaimValidationFailed) {
    const byClaim: Partial<Record<string, TrustError['code']>> = {
      typ: 'token-type',
      iss: 'token-issuer',
      aud: 'token-audience',
      nbf: 'token-not-yet-valid',
    };
    return new TrustError(byClaim[error.claim] ?? 'token-malformed', 'token', cause);
  }
  return new TrustError('token-malformed', 'nothing', cause);
}
