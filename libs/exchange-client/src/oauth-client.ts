// SMART Backend Services with the hl7-b2b extension (UDAP B2B) and DPoP (RFC 9449).
import { type JsonWebKey, randomUUID } from 'node:crypto';

import { type JWK, SignJWT, importJWK } from 'jose';
import { Agent } from 'undici';

import { DpopKey } from './dpop-key.js';
import { type CallAnswer, type CallMethod, type CallOptions, exchangeCall } from './exchange-call.js';
import { type AccessToken, requestToken } from './token-request.js';

export interface OAuthClientOptions {
  readonly clientId: string;
  readonly privateJwk: JsonWebKey;
  readonly tokenUrl: string;
  /** PEM; the exchange's own authority. */
  readonly ca: string;
  readonly organizationId: string;
  /** PEM; a client registered with `boundBy: 'certificate'` has its tokens bound to this instead of to a key (RFC 8705). */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** A client of the exchange, as a member's own system would be one: assertion, sender-constrained token, proof with each call. */
export class OAuthClient {
  private readonly agent: Agent;
  private readonly tokens = new Map<string, AccessToken>();
  private proofKey: Promise<DpopKey> | undefined;

  constructor(private readonly options: OAuthClientOptions) {
    this.agent = new Agent({ connect: { ca: options.ca, ...options.certificate }, connections: 64 });
  }

  async call(method: CallMethod, url: string, options: CallOptions): Promise<CallAnswer> {
    return exchangeCall(this.agent, method, url, await this.authorization(method, url, options), options);
  }

  /** The headers that say who asks: for a request that this client does not send itself, such as a stream of events. */
  async authorization(
    method: string,
    url: string,
    options: Pick<CallOptions, 'purpose' | 'scope' | 'userId'>,
  ): Promise<{ readonly authorization: string; readonly dpop?: string }> {
    const { token, scheme } = await this.token(options);
    const dpop = await this.proof(method, url, token);
    return { authorization: `${scheme} ${token}`, ...(dpop === undefined ? {} : { dpop }) };
  }

  /** An access token for a purpose; kept until shortly before its end. */
  async token({ purpose, scope, userId }: Pick<CallOptions, 'purpose' | 'scope' | 'userId'>): Promise<AccessToken> {
    const key = `${purpose} ${scope} ${userId ?? ''}`;
    const kept = this.tokens.get(key);
    if (kept !== undefined && kept.untilMs > Date.now()) return kept;
    const { tokenUrl } = this.options;
    const form = {
      grant_type: 'client_credentials',
      scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await this.assertion(purpose, userId),
    };
    const { token, scheme, untilMs } = await requestToken(
      this.agent,
      tokenUrl,
      form,
      await this.proof('POST', tokenUrl),
    );
    this.tokens.set(key, { token, scheme, untilMs });
    return { token, scheme, untilMs };
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private async assertion(purpose: string, userId: string | undefined): Promise<string> {
    const { clientId, privateJwk, tokenUrl, organizationId } = this.options;
    const jwk = privateJwk as JWK;
    const b2b = {
      version: '1',
      organization_id: organizationId,
      purpose_of_use: [`urn:oid:2.16.840.1.113883.5.8#${purpose}`],
      ...(userId === undefined ? {} : { subject_id: userId }),
    };
    return new SignJWT({ extensions: { 'hl7-b2b': b2b } })
      .setProtectedHeader({ alg: jwk.alg ?? 'ES256', typ: 'JWT', ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(tokenUrl)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(await importJWK(jwk, jwk.alg ?? 'ES256'));
  }

  /** None where the connection's certificate is the proof. */
  private async proof(method: string, url: string, token?: string): Promise<string | undefined> {
    if (this.options.certificate !== undefined) return undefined;
    this.proofKey ??= DpopKey.make();
    return (await this.proofKey).proof(method, url, token);
  }
}
