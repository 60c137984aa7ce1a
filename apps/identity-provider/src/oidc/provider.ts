// SMART Backend Services: https://hl7.org/fhir/smart-app-launch/backend-services.html
import { decodeJwt } from 'jose';
import Provider, { type Configuration, type KoaContextWithOIDC, errors } from 'oidc-provider';
import type { DataSource } from 'typeorm';

import type { ClientRegistry, KnownClient } from '../clients/client-registry.js';
import { type GrantedPurpose, PurposeRefused, requestedPurpose } from '../clients/requested-purpose.js';
import { PostgresAdapter } from './postgres-adapter.js';

/** SMART: an access token SHOULD live at most this long. */
const ACCESS_TOKEN_S = 300;
/** The library's own default accepts an assertion that expired 15 s ago. */
const CLOCK_TOLERANCE_S = 5;
const MAX_ASSERTION_S = 300;

export interface ProviderParts {
  readonly issuer: string;
  /** The FHIR base the tokens are good for. */
  readonly resource: string;
  /** ES256, signs the tokens. */
  readonly signingKey: object;
  readonly scopes: readonly string[];
  readonly clients: ClientRegistry;
  readonly source: DataSource;
  /** Told, and waited for, before a token leaves or a refusal is answered. */
  readonly record: (event: TokenEvent) => Promise<void>;
}

/** What the ledger learns of a token request (IHE IUA ITI-71); never the token. */
export interface TokenEvent {
  readonly outcome: 'success' | 'refused';
  readonly reason?: string;
  readonly clientId?: string;
  readonly memberId?: string;
  readonly purpose?: string;
}

/** The exchange's token endpoint: machines, by `private_key_jwt`, with one purpose of use in every token. */
export function createProvider(parts: ProviderParts): Provider {
  const { issuer, resource, clients, source } = parts;
  const configuration: Configuration = {
    adapter: (name: string) => new PostgresAdapter(name, source, clients),
    jwks: { keys: [parts.signingKey] } as NonNullable<Configuration['jwks']>,
    clientAuthMethods: ['private_key_jwt'],
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256', 'ES384', 'EdDSA', 'RS384'],
      dPoPSigningAlgValues: ['ES256', 'EdDSA'],
      idTokenSigningAlgValues: ['ES256'],
    },
    responseTypes: [],
    scopes: [...parts.scopes],
    clockTolerance: CLOCK_TOLERANCE_S,
    ttl: { ClientCredentials: ACCESS_TOKEN_S },
    routes: { token: '/token', jwks: '/jwks' },
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims) => checkAssertionLife(claims),
    extraTokenClaims: (ctx) => purposeClaims(ctx, parts),
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        getResourceServerInfo: (_ctx, indicator) => {
          if (indicator !== resource) throw new errors.InvalidTarget();
          return {
            scope: parts.scopes.join(' '),
            audience: resource,
            accessTokenFormat: 'jwt',
            accessTokenTTL: ACCESS_TOKEN_S,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
  };
  const provider = new Provider(issuer, configuration);
  recordRefusals(provider, parts);
  return provider;
}

function checkAssertionLife(claims: { readonly iat?: number; readonly exp?: number }): void {
  const nowS = Math.floor(Date.now() / 1000);
  if (
    (claims.exp ?? 0) - (claims.iat ?? nowS) > MAX_ASSERTION_S ||
    (claims.exp ?? 0) > nowS + MAX_ASSERTION_S + CLOCK_TOLERANCE_S
  ) {
    throw new errors.InvalidClientAuth('a client assertion lives at most 300 seconds');
  }
}

async function purposeClaims(
  ctx: KoaContextWithOIDC,
  { clients, record }: ProviderParts,
): Promise<Record<string, unknown>> {
  const body = (ctx.oidc.body ?? {}) as Partial<Record<string, string>>;
  const clientId = ctx.oidc.client?.clientId ?? '';
  const client = clients.find(clientId);
  if (client === undefined) throw new errors.InvalidClient('client not found');
  const { purpose, user } = granted(body, client);
  await record({ outcome: 'success', clientId, memberId: client.memberId, purpose });
  return { purpose_of_use: purpose, member_id: client.memberId, ...(user === undefined ? {} : { user }) };
}

function granted(body: Partial<Record<string, string>>, client: KnownClient): GrantedPurpose {
  try {
    return requestedPurpose({
      assertion: decodeJwt(body['client_assertion'] ?? ''),
      parameter: body['purpose_of_use'],
      organizationId: client.organizationId,
      registered: client.registration.purposes,
    });
  } catch (error) {
    if (error instanceof PurposeRefused) throw new errors.InvalidRequest(`purpose_of_use refused: ${error.code}`);
    throw error;
  }
}

function recordRefusals(provider: Provider, { record }: ProviderParts): void {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== '/token' || ctx.status < 400) return;
    const { error = 'refused' } = ctx.body as { readonly error?: string };
    const { clientId } = (ctx as KoaContextWithOIDC).oidc?.client ?? {};
    await record({ outcome: 'refused', reason: error, ...(clientId === undefined ? {} : { clientId }) });
  });
}
