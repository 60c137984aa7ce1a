import type { Allowance, TransactionClaims } from '@hie/purpose-of-use';

/** What travels along with a transaction, from message to message. */
export interface TransactionScope {
  readonly claims: TransactionClaims;
  /** The transaction token, passed on unmodified. */
  readonly token: string;
  /** The token's digest, which every seal of the transaction names. */
  readonly tokenDigest: string;
  /** Whose data the messages so far held, the requesting member's aside: what follows lies under their wrapping keys too. */
  readonly members: readonly string[];
  /** Every hop's seal so far, oldest first. */
  readonly seals: readonly string[];
  /** The digest of the last of them; absent before the first. */
  readonly lastSealDigest?: string;
  /** What the hops so far left to do. */
  readonly allow: Allowance;
}

/** ms left until the transaction's deadline; negative when it has passed. */
export const remainingMs = (scope: TransactionScope, nowMs: number): number => scope.claims.tctx.deadline - nowMs;
