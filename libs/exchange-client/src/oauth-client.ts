// SMART Backend Services with the hl7-b2b extension (UDAP B2B) and DPoP (RFC 9449).
import { type JsonWebKey, createHash, randomUUID } from 'node:crypto';

import { type CryptoKey, type JWK, SignJWT, exportJWK, generateKeyPair, importJWK } from 'jose';
import { Agent, request } from 'undici';

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

export interface CallOptions {
  readonly purpose: string;
  readonly scope: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown;
  /** The acting person, as the member names them. */
  readonly userId?: string;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  json<T>(): T;
}

/** The identity provider gave no token; `code` and `description` are its own (RFC 6749, section 5.2). */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly description: string | undefined,
  ) {
    super(code);
  }
}

/** A token and how it is presented: with a proof of possession where it is bound to a key. */
export interface AccessToken {
  readonly token: string;
  readonly scheme: 'DPoP' | 'Bearer';
  readonly untilMs: number;
}

/** A client of the exchange, as a member's own system would be one: assertion, sender-constrained token, proof with each call. */
export class OAuthClient {
  private readonly agent: Agent;
  private readonly tokens = new Map<string, AccessToken>();
  private proofKey: Promise<{ readonly privateKey: CryptoKey; readonly jwk: JWK }> | undefined;

  constructor(private readonly options: OAuthClientOptions) {
    this.agent = new Agent({ connect: { ca: options.ca, ...options.certificate }, connections: 64 });
  }

  async call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, options: CallOptions): Promise<CallAnswer> {
    const body = textOf(options.body);
    const {
      statusCode,
      headers,
      body: answer,
    } = await request(url, {
      method,
      dispatcher: this.agent,
      headers: {
        ...(await this.authorization(method, url, options)),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    return { status: statusCode, headers, text, json: <T>() => JSON.parse(text) as T };
  }

  /** The headers that say who asks: for a request that this client does not send itself, such as a stream of events. */
  async authorization(
    method: string,
    url: string,
    options: Pick<CallOptions, 'purpose' | 'scope' | 'userId'>,
  ): Promise<{ readonly authorization: string; readonly dpop?: string }> {
    const { token, scheme } = await this.token(options);
    return {
      authorization: `${scheme} ${token}`,
      ...(await this.proven(method, url.split(/[?#]/, 1)[0] ?? url, token)),
    };
  }

  /** An access token for a purpose; kept until shortly before its end. */
  async token({ purpose, scope, userId }: Pick<CallOptions, 'purpose' | 'scope' | 'userId'>): Promise<AccessToken> {
    const key = `${purpose} ${scope} ${userId ?? ''}`;
    const kept = this.tokens.get(key);
    if (kept !== undefined && kept.untilMs > Date.now()) return kept;
    const { tokenUrl } = this.options;
    const { statusCode, body } = await request(tokenUrl, {
      method: 'POST',
      dispatcher: this.agent,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...(await this.proven('POST', tokenUrl)) },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await this.assertion(purpose, userId),
      }).toString(),
    });
    const answer = (await body.json()) as {
      access_token?: string;
      token_type?: string;
      expires_in?: number;
      error?: string;
      error_description?: string;
    };
    if (statusCode !== 200 || answer.access_token === undefined) {
      throw new TokenRefused(statusCode, answer.error ?? 'unknown', answer.error_description);
    }
    const scheme = answer.token_type?.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer';
    const untilMs = Date.now() + ((answer.expires_in ?? 60) - 30) * 1000;
    const token: AccessToken = { token: answer.access_token, scheme, untilMs };
    this.tokens.set(key, token);
    return token;
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

  /** Nothing where the connection's certificate is the proof. */
  private async proven(method: string, url: string, token?: string): Promise<{ readonly dpop?: string }> {
    return this.options.certificate === undefined ? { dpop: await this.proof(method, url, token) } : {};
  }

  private async proof(method: string, url: string, token?: string): Promise<string> {
    this.proofKey ??= newProofKey();
    const { privateKey, jwk } = await this.proofKey;
    const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
    return new SignJWT({ htm: method, htu: url, jti: randomUUID(), ...ath })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setIssuedAt()
      .sign(privateKey);
  }
}

async function newProofKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, jwk: await exportJWK(publicKey) };
}

const textOf = (body: unknown): string | undefined =>
  body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
