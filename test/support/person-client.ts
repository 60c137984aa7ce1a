// The console's side of a sign-in: authorization code with PKCE (RFC 7636) and DPoP (RFC 9449), as a browser application would do it.
import { createHash, randomBytes, randomUUID } from 'node:crypto';

import { DpopKey } from '@hie/exchange-client';
import type { OperationOutcome } from '@medplum/fhirtypes';
import { Agent, request } from 'undici';

import type { SharedExchange } from './shared-exchange.js';

export interface PersonTokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: string;
  readonly scope: string;
}

export interface PersonAnswer<T = unknown> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: T;
}

const encode = (bytes: Buffer): string => bytes.toString('base64url');

/** One person's application, with a key of its own. */
export class PersonClient {
  private readonly verifier = encode(randomBytes(32));
  private readonly agent: Agent;

  private constructor(
    private readonly exchange: SharedExchange,
    private readonly redirectUri: string,
    private readonly key: DpopKey,
    private readonly clientId: string,
  ) {
    this.agent = new Agent({ connect: { ca: exchange.ca } });
  }

  static async of(exchange: SharedExchange, redirectUri: string, clientId = 'hie-console'): Promise<PersonClient> {
    return new PersonClient(exchange, redirectUri, await DpopKey.make(), clientId);
  }

  /** Where the browser is sent to sign in. */
  authorizationUrl(parameters: Readonly<Record<string, string>> = {}): string {
    const query = new URLSearchParams({
      ...{ client_id: this.clientId, response_type: 'code', redirect_uri: this.redirectUri, state: randomUUID() },
      ...{ scope: 'openid user/*.rs exchange/people.manage exchange/participants.read exchange/ledger.read' },
      code_challenge: encode(createHash('sha256').update(this.verifier).digest()),
      code_challenge_method: 'S256',
      ...parameters,
    });
    return `${this.exchange.description.identityProvider.issuer}/auth?${query.toString()}`;
  }

  /** Without a purpose where a test leaves it out. */
  tokens(code: string, purpose?: string): Promise<PersonAnswer<PersonTokens & { readonly error?: string }>> {
    const { verifier: code_verifier, redirectUri: redirect_uri } = this;
    return this.token({ grant_type: 'authorization_code', code, code_verifier, redirect_uri, ...forPurpose(purpose) });
  }

  refresh({ refresh_token }: PersonTokens, purpose?: string) {
    return this.token({ grant_type: 'refresh_token', refresh_token, ...forPurpose(purpose) });
  }

  /** Gives a refresh token up, as this client or in another’s name (RFC 7009). */
  revoke({ refresh_token }: PersonTokens) {
    return this.send('POST', `${this.exchange.description.identityProvider.issuer}/revocation`, {
      'content-type': 'application/x-www-form-urlencoded',
      body: new URLSearchParams({ client_id: this.clientId, token: refresh_token }).toString(),
    });
  }

  /** A request at the gateway; `by` is whose key makes the proof. */
  async call<T>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    token: string,
    body?: object,
    by: PersonClient = this,
  ) {
    const url = `${this.exchange.description.gateway.url}${path}`;
    return this.send<T>(method, url, {
      authorization: `DPoP ${token}`,
      dpop: await by.key.proof(method, url, token),
      ...(body === undefined ? {} : { 'content-type': 'application/json', body: JSON.stringify(body) }),
    });
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private async token(form: Record<string, string>) {
    const url = `${this.exchange.description.identityProvider.issuer}/token`;
    return this.send<PersonTokens & { readonly error?: string }>('POST', url, {
      dpop: await this.key.proof('POST', url),
      'content-type': 'application/x-www-form-urlencoded',
      body: new URLSearchParams({ client_id: this.clientId, ...form }).toString(),
    });
  }

  private async send<T>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    { body, ...headers }: Readonly<Record<string, string>>,
  ): Promise<PersonAnswer<T>> {
    const answer = await request(url, {
      method,
      dispatcher: this.agent,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.body.text();
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
    };
  }
}

const forPurpose = (purpose: string | undefined) => (purpose === undefined ? {} : { purpose_of_use: purpose });

/** The stable code of a refusal, of the gateway's own or of an owner's. */
export function refusalIn({ body }: PersonAnswer): string | undefined {
  const { issue, code } = body as Partial<OperationOutcome> & { readonly code?: string };
  return issue?.[0]?.details?.coding?.[0]?.code ?? code;
}
