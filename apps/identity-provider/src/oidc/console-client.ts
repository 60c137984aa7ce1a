import { personScopes } from '@hie/purpose-of-use';
import type { AdapterPayload } from 'oidc-provider';

/** The client through which people come: public, so it has no key of its own; its tokens are bound to a key of the person's browser. */
export const CONSOLE_CLIENT_ID = 'hie-console';

/**
 * What oidc-provider knows of the console; `undefined` where no place to return to is configured, and so nobody signs in.
 *
 * Places on the machine itself (`http://127.0.0.1/…`) are for native applications (RFC 8252), of which the port may vary.
 */
export function consoleClient(redirectUris: readonly string[]): AdapterPayload | undefined {
  if (redirectUris.length === 0) return undefined;
  return {
    client_id: CONSOLE_CLIENT_ID,
    application_type: redirectUris.every((uri) => uri.startsWith('https:')) ? 'web' : 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [...redirectUris],
    token_endpoint_auth_method: 'none',
    dpop_bound_access_tokens: true,
    id_token_signed_response_alg: 'ES256',
    scope: ['openid', ...personScopes].join(' '),
  };
}
