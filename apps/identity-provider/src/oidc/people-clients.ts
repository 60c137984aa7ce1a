import { personScopes } from '@hie/purpose-of-use';
import type { AdapterPayload, KoaContextWithOIDC } from 'oidc-provider';

/** A console in a browser. */
export const CONSOLE_CLIENT_ID = 'hie-console';
/** The command line of whoever works for the exchange's operator. */
export const COMMAND_LINE_CLIENT_ID = 'hie-cli';

/** A native application (RFC 8252, section 7.3): any port of the loopback, by its address, so that no name server has a say. */
const COMMAND_LINE_REDIRECT_URI = 'http://127.0.0.1/callback';

/** What has a command; nothing clinical, whatever the roles of whoever signs in. */
const commandLineScopes: readonly string[] = [
  ...['exchange/participants.read', 'exchange/participants.manage', 'exchange/people.manage'],
  ...['exchange/identity.review', 'exchange/identity.manage', 'exchange/ledger.erase'],
  'exchange/messages.replay',
];

/**
 * The clients through which people come, as oidc-provider knows them: public, so they have no key of their own, and their tokens are bound to a
 * key on the person's machine. There is a console where it has a place to return to; the command line is there always.
 */
export const peopleClients = (consoleRedirectUris: readonly string[]): ReadonlyMap<string, AdapterPayload> =>
  new Map([
    [COMMAND_LINE_CLIENT_ID, publicClient(COMMAND_LINE_CLIENT_ID, [COMMAND_LINE_REDIRECT_URI], commandLineScopes)],
    ...(consoleRedirectUris.length === 0
      ? []
      : ([[CONSOLE_CLIENT_ID, publicClient(CONSOLE_CLIENT_ID, consoleRedirectUris, personScopes)]] as const)),
  ]);

/** Places on the machine itself (`http://127.0.0.1/…`) are for native applications, of which the port may vary. */
const publicClient = (
  clientId: string,
  redirectUris: readonly string[],
  scopes: readonly string[],
): AdapterPayload => ({
  client_id: clientId,
  application_type: redirectUris.every((uri) => uri.startsWith('https:')) ? 'web' : 'native',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: [...redirectUris],
  token_endpoint_auth_method: 'none',
  dpop_bound_access_tokens: true,
  id_token_signed_response_alg: 'ES256',
  scope: ['openid', ...scopes].join(' '),
});

/**
 * Whether a token request is the end of a sign-in at the command line, where nobody has typed yet what for. Its token names no purpose, has no
 * scope and is for the provider itself, where it opens nothing; each command asks for its own with the refresh token.
 */
export function isSignInAlone({ oidc }: KoaContextWithOIDC): boolean {
  const body = (oidc.body ?? {}) as Partial<Record<string, unknown>>;
  return (
    oidc.client?.clientId === COMMAND_LINE_CLIENT_ID &&
    body['grant_type'] === 'authorization_code' &&
    body['purpose_of_use'] === undefined
  );
}
