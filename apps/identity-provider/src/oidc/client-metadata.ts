import type { AdapterPayload } from 'oidc-provider';

import type { KnownClient } from '../clients/client-registry.js';

/** A registered client as oidc-provider wants to know it: keys, scopes, one grant. */
export function clientMetadata(client: KnownClient | undefined): AdapterPayload | undefined {
  // A UDAP client without a believed certificate has no key, and so can not be.
  if (client === undefined || client.registration.jwks.keys.length === 0) return undefined;
  const { clientId, jwks, scopes, boundBy } = client.registration;
  return {
    client_id: clientId,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'private_key_jwt',
    // Only a key fit for ES256 is configured, and the library wants the algorithm said even where no id token is made.
    id_token_signed_response_alg: 'ES256',
    jwks: jwks as AdapterPayload['jwks'],
    scope: scopes.join(' '),
    // A token that whoever finds it can use is not given out; the gateway would refuse it (RFC 9449, 5.2; RFC 8705, 3.4).
    dpop_bound_access_tokens: boundBy !== 'certificate',
    tls_client_certificate_bound_access_tokens: boundBy === 'certificate',
  };
}
