import { TrustError } from './errors.js';
import type { Allowance } from './hop-seal.js';
import { isSubset, scopesOf } from './token-replacement.js';
import type { TransactionClaims } from './transaction-token.js';

/** The most a transaction may ever do: what its token says. */
export const fullAllowance = (claims: TransactionClaims): Allowance => ({
  scope: scopesOf(claims.scope),
  res: claims.tctx.res,
});

/**
 * Checks that each hop left the next at most what it had: authority is an intersection, never a union.
 *
 * `allowances` are the hops' in order; a hop that says nothing passes on what it had. `dst` once named may only shrink.
 *
 * @returns what is left.
 * @throws TrustError `authority-widened`.
 */
export function attenuate(claims: TransactionClaims, allowances: readonly (Allowance | undefined)[]): Allowance {
  return allowances.reduce<Allowance>((left, next) => {
    if (next === undefined) return left;
    const within =
      isSubset(next.scope, left.scope) &&
      isSubset(next.res, left.res) &&
      (left.dst === undefined || (next.dst !== undefined && isSubset(next.dst, left.dst)));
    if (!within) throw new TrustError('authority-widened', 'token');
    return next;
  }, fullAllowance(claims));
}
