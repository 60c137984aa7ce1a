import { type JsonWebKey, createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';

import { ACT_REASON_OID } from '@hie/purpose-of-use';
import type { Dispatcher } from 'undici';
import { request } from 'undici';

import { type DoorAnswer, Forger, jwt } from './forger.js';
import type { SharedExchange } from './shared-exchange.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** What a token request says, each part to be changed by a test. */
export interface TokenRequest {
  readonly claims?: object;
  readonly header?: object;
  readonly form?: Readonly<Record<string, string>>;
  /** The value of `purpose_of_use` in the `hl7-b2b` extension; the extension is left out when absent. */
  readonly purposes?: readonly string[];
  readonly b2b?: object;
  readonly extensions?: object;
  /** `undefined` leaves the proof out. */
  readonly proof?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly assertion?: string;
  readonly dispatcher?: Dispatcher;
}

/** A member's client at the token endpoint, which says what a well-behaved one would not. */
export class AssertingClient {
  private constructor(
    private readonly exchange: SharedExchange,
    private readonly forger: Forger,
    private readonly jwk: JsonWebKey & { readonly kid?: string },
    readonly clientId: string,
    private readonly organizationId: string,
  ) {}

  static async of(exchange: SharedExchange, hospitalId: string): Promise<AssertingClient> {
    const { client, organizationId } = exchange.hospital(hospitalId);
    return new AssertingClient(exchange, await Forger.at(exchange), client.privateJwk, client.id, organizationId);
  }

  /** A client that a test has brought in. */
  static async with(
    exchange: SharedExchange,
    { clientId, organizationId }: { readonly clientId: string; readonly organizationId: string },
    privateJwk: JsonWebKey,
  ): Promise<AssertingClient> {
    return new AssertingClient(exchange, await Forger.at(exchange), privateJwk, clientId, organizationId);
  }

  get tokenUrl(): string {
    return this.exchange.description.identityProvider.tokenUrl;
  }

  proof(over: object = {}, method = 'POST', url = this.tokenUrl): string {
    return this.forger.proof(method, url, undefined, over);
  }

  assertion({ claims, header, purposes = [`${ACT_REASON_OID}#TREAT`], b2b, extensions }: TokenRequest = {}): string {
    const nowS = Math.floor(Date.now() / 1000);
    const own = { version: '1', organization_id: this.organizationId, purpose_of_use: purposes, ...b2b };
    const payload = {
      iss: this.clientId,
      sub: this.clientId,
      aud: this.tokenUrl,
      jti: randomUUID(),
      iat: nowS,
      exp: nowS + 60,
      extensions: extensions ?? { 'hl7-b2b': own },
      ...claims,
    };
    const key = createPrivateKey({ key: this.jwk, format: 'jwk' });
    return jwt({ header: { alg: 'ES256', typ: 'JWT', kid: this.jwk.kid, ...header }, payload }, key);
  }

  /** The same by a key that nobody registered. */
  strangersAssertion(): string {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const nowS = Math.floor(Date.now() / 1000);
    const claims = { iss: this.clientId, sub: this.clientId, aud: this.tokenUrl, jti: randomUUID(), exp: nowS + 60 };
    return jwt({ header: { alg: 'ES256', kid: this.jwk.kid }, payload: claims }, privateKey);
  }

  async ask(asked: TokenRequest = {}): Promise<DoorAnswer> {
    const { form, headers, dispatcher = this.forger.agent, assertion = this.assertion(asked) } = asked;
    const proof = 'proof' in asked ? asked.proof : this.proof();
    const answer = await request(this.tokenUrl, {
      method: 'POST',
      dispatcher,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(proof === undefined ? {} : { dpop: proof }),
        ...headers,
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'system/*.rs',
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: assertion,
        ...form,
      }).toString(),
    });
    const text = await answer.body.text();
    const { error } = JSON.parse(text) as { error?: string };
    return { status: answer.statusCode, code: error, text, headers: answer.headers };
  }

  close(): Promise<void> {
    return this.forger.close();
  }
}
