import { createHash, randomUUID } from 'node:crypto';

import type { Query } from '@hie/contracts';
import {
  MAX_TOKEN_LIFETIME_S,
  type TokenVerifier,
  type TransactionClaims,
  digestOf,
  mintTransactionTokenBy,
} from '@hie/purpose-of-use';
import { FileKeyring, SERVICE_CONFIG, TOKEN_VERIFIER } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';

import { type Caller, coveredKinds, hopScopesOf } from '../edge/caller.js';
import type { GatewayConfig } from '../gateway.config.js';

/** What a transaction is bound to. */
export interface TransactionTerms {
  readonly txn: string;
  /** Digest of the query, or of the forwarded request. */
  readonly digest: string;
  readonly kinds: readonly string[];
  readonly deadlineMs: number;
}

/** Mints transaction tokens: the one place where a request at the door becomes authority inside. */
@Injectable()
export class TransactionTokens {
  constructor(
    private readonly keyring: FileKeyring,
    @Inject(TOKEN_VERIFIER) private readonly verifier: TokenVerifier,
    @Inject(SERVICE_CONFIG) private readonly config: GatewayConfig,
  ) {}

  async mint(
    caller: Caller,
    terms: TransactionTerms,
  ): Promise<{ readonly token: string; readonly claims: TransactionClaims }> {
    const nowS = Math.floor(Date.now() / 1000);
    const lifeS = Math.ceil(terms.deadlineMs / 1000) - nowS + 30;
    const claims: TransactionClaims = {
      iss: this.config.TOKEN_ISSUER,
      aud: this.config.TRUST_DOMAIN,
      iat: nowS,
      nbf: nowS,
      exp: nowS + Math.min(MAX_TOKEN_LIFETIME_S, Math.max(30, lifeS)),
      jti: randomUUID(),
      txn: terms.txn,
      sub: caller.clientId,
      req_wl: ['gateway'],
      scope: hopScopesOf(caller.scopes).join(' '),
      tctx: {
        purp: caller.purpose,
        qh: terms.digest,
        org: caller.memberId,
        res: terms.kinds,
        deadline: terms.deadlineMs,
        ...(caller.userId === undefined ? {} : { user: caller.userId }),
      },
      rctx: {
        xrid: caller.requestId,
        ...(caller.address === undefined ? {} : { req_ip: caller.address }),
        ...(caller.person === undefined ? {} : { acr: caller.person.acr, amr: caller.person.amr }),
      },
    };
    const [key] = this.keyring.signingKeys('token');
    const token = await mintTransactionTokenBy(claims, key);
    this.verifier.minted(token, claims);
    return { token, claims };
  }
}

/** The kinds a query may ask for: those wanted that the caller's scopes cover. */
export const grantedKinds = (caller: Caller, wanted: Query['kinds']): Query['kinds'] => {
  const covered = coveredKinds(caller.scopes);
  return wanted.filter((kind) => covered.includes(kind));
};

/** A transaction's id: a new one, or for an idempotency key always the same. */
export function transactionId(caller: Caller, idempotencyKey: string | undefined): string {
  if (idempotencyKey === undefined) return randomUUID();
  const hex = createHash('sha256').update(`${caller.clientId}\n${idempotencyKey}`).digest('hex');
  // RFC 9562, version 8: an id by the rules of its maker.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What makes two requests the same, for idempotency: what is asked, by whom, for what. */
export const requestDigestOf = (caller: Caller, query: Query): string =>
  digestOf(JSON.stringify([caller.purpose, caller.userId ?? null, query]));
