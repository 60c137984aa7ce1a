import type { JsonWebKey } from 'node:crypto';

import { Agent, request } from 'undici';

import { DpopKey } from './dpop-key.js';
import { type CallAnswer, type CallMethod, type CallOptions, exchangeCall } from './exchange-call.js';
import { type AccessToken, TokenRefused, requestToken } from './token-request.js';

/** What a sign-in leaves on a person's machine. Whoever reads it is that person until it ends. */
export interface KeptSession {
  readonly issuer: string;
  readonly tokenUrl: string;
  readonly revocationUrl: string;
  readonly clientId: string;
  readonly personId: string;
  /** ISO 8601. */
  readonly signedInAt: string;
  /** Serves once; the answer brings the next. */
  readonly refreshToken: string;
  /** The private key that the refresh token, and every token got with it, is bound to. */
  readonly proofKey: JsonWebKey;
}

/** Where a session lies between two uses. */
export interface SessionKeeper {
  /**
   * Hands the session to one user at a time and has kept what comes back before it returns: a refresh token that is shown twice ends
   * everything under it (RFC 9700, section 4.14.2).
   */
  change<T>(use: (kept: KeptSession) => Promise<{ readonly kept: KeptSession; readonly result: T }>): Promise<T>;
}

const TIMEOUT_MS = 10_000;

/** Somebody who has signed in, as an application of theirs speaks for them: a token for each purpose by refreshing, a proof with each call. */
export class PersonSession {
  private readonly agent: Agent;

  constructor(
    private readonly keeper: SessionKeeper,
    /** PEM; the exchange's own authority. */
    ca: string,
  ) {
    this.agent = new Agent({ connect: { ca }, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  }

  /** @throws TokenRefused `invalid_grant` when the session has ended, `invalid_request` for a purpose that the person has no role for. */
  async call(method: CallMethod, url: string, options: Omit<CallOptions, 'userId'>): Promise<CallAnswer> {
    const { token, key } = await this.token(options);
    const dpop = await key.proof(method, url, token.token);
    return exchangeCall(this.agent, method, url, { authorization: `DPoP ${token.token}`, dpop }, options);
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private token({ purpose, scope }: Pick<CallOptions, 'purpose' | 'scope'>) {
    return this.keeper.change(async (kept) => {
      const { clientId, tokenUrl, refreshToken, proofKey } = kept;
      const key = await DpopKey.of(proofKey);
      const form = { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken, scope };
      const { refreshToken: next = refreshToken, ...token } = await requestToken(
        this.agent,
        tokenUrl,
        { ...form, purpose_of_use: purpose },
        await key.proof('POST', tokenUrl),
      );
      return { kept: { ...kept, refreshToken: next }, result: { token: token as AccessToken, key } };
    });
  }
}

/**
 * Ends a session at the provider (RFC 7009): its refresh token and those after it. What is kept of it is the caller's to remove.
 *
 * @throws TokenRefused; whatever the HTTP client throws when the provider can't be reached.
 */
export async function revokeSession({ revocationUrl, clientId, refreshToken }: KeptSession, ca: string): Promise<void> {
  const agent = new Agent({ connect: { ca }, headersTimeout: TIMEOUT_MS });
  try {
    const form = { client_id: clientId, token: refreshToken, token_type_hint: 'refresh_token' };
    const { statusCode, body } = await request(revocationUrl, {
      method: 'POST',
      dispatcher: agent,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
    await body.dump();
    if (statusCode >= 400) throw new TokenRefused(statusCode, 'not-revoked', undefined);
  } finally {
    await agent.close();
  }
}
