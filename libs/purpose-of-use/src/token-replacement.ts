// OAuth Transaction Tokens, section on replacement: may narrow, must not widen, must keep txn, sub and aud.
import { TrustError } from './errors.js';
import type { TransactionClaims } from './transaction-token.js';

/** What a replacement may change, each only towards less. */
export interface Narrowing {
  readonly scope?: string;
  readonly res?: readonly string[];
  readonly deadline?: number;
}

export interface Renewal {
  readonly jti: string;
  readonly nowS: number;
  readonly lifetimeS: number;
  /** The service that asks for the replacement; appended to the call chain. */
  readonly workload: string;
}

/**
 * The claims of a token that replaces `current`.
 *
 * @throws TrustError `token-expired` after the current token's end, `token-replacement-widens` when anything would grow.
 */
export function replacementClaims(
  current: TransactionClaims,
  narrowing: Narrowing,
  renewal: Renewal,
): TransactionClaims {
  if (renewal.nowS >= current.exp) throw new TrustError('token-expired', 'token');
  const scope = narrowing.scope ?? current.scope;
  const res = narrowing.res ?? current.tctx.res;
  const deadline = narrowing.deadline ?? current.tctx.deadline;
  const widens =
    !isSubset(scopesOf(scope), scopesOf(current.scope)) ||
    !isSubset(res, current.tctx.res) ||
    deadline > current.tctx.deadline;
  if (widens) throw new TrustError('token-replacement-widens', 'token');
  return {
    ...current,
    iat: renewal.nowS,
    nbf: renewal.nowS,
    exp: renewal.nowS + renewal.lifetimeS,
    jti: renewal.jti,
    scope,
    req_wl: [...current.req_wl, renewal.workload],
    tctx: { ...current.tctx, res, deadline },
  };
}

/** The scopes of a space separated list. */
export const scopesOf = (scope: string): readonly string[] => scope.split(' ').filter((item) => item !== '');

/** Whether every member of `part` is one of `whole`. */
export function isSubset(part: readonly string[], whole: readonly string[]): boolean {
  const allowed = new Set(whole);
  return part.every((item) => allowed.has(item));
}
