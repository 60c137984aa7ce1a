import { OPERATOR } from '@hie/contracts';
import { personScopes } from '@hie/purpose-of-use';

import { invite } from './invite.js';
import { PasskeyHolder } from './passkey-holder.js';
import { type PersonAnswer, PersonClient } from './person-client.js';
import type { SharedExchange } from './shared-exchange.js';

/** Under what the doors want at most between a sign-in and what may do harm, and what a token lives. */
const FRESH_MS = 240_000;

interface Token {
  readonly accessToken: string;
  readonly sinceMs: number;
}

/** A person who was invited, has enrolled and signs in with a passkey whenever that is due: what they do is theirs and nobody else's. */
export class SignedInPerson {
  private readonly tokens = new Map<string, Token>();

  private constructor(
    private readonly client: PersonClient,
    private readonly holder: PasskeyHolder,
    readonly personId: string,
  ) {}

  /** Somebody of the exchange's operator. */
  static ofOperator(exchange: SharedExchange, name: string, ...roles: readonly string[]): Promise<SignedInPerson> {
    return SignedInPerson.of(exchange, OPERATOR, name, ...roles);
  }

  static async of(
    exchange: SharedExchange,
    memberId: string,
    name: string,
    ...roles: readonly string[]
  ): Promise<SignedInPerson> {
    const { personId, code } = await invite(exchange, memberId, name, ...roles);
    const holder = new PasskeyHolder(exchange);
    await holder.enrol(code);
    // Nobody listens there: where the sign-in leads back to is read, not opened.
    return new SignedInPerson(await PersonClient.of(exchange, 'http://127.0.0.1:1/callback'), holder, personId);
  }

  async call<T>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    purpose: string,
    body?: object,
  ): Promise<PersonAnswer<T>> {
    return this.client.call<T>(method, path, await this.token(purpose), body);
  }

  async close(): Promise<void> {
    await Promise.all([this.client.close(), this.holder.close()]);
  }

  private async token(purpose: string): Promise<string> {
    const known = this.tokens.get(purpose);
    if (known !== undefined && Date.now() - known.sinceMs < FRESH_MS) return known.accessToken;
    const back = await this.holder.signIn(this.client.authorizationUrl({ scope: `openid ${personScopes.join(' ')}` }));
    const { status, body } = await this.client.tokens(back.searchParams.get('code') ?? '', purpose);
    if (status !== 200) throw new RangeError('The provider gave no token.', { cause: body.error });
    this.tokens.set(purpose, { accessToken: body.access_token, sinceMs: Date.now() });
    return body.access_token;
  }
}
