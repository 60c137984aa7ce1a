// SMART Backend Services: https://hl7.org/fhir/smart-app-launch/backend-services.html
import type { SigningKey } from '@hie/key-store';
import { MAX_SIGN_IN_AGE_S, personScopes } from '@hie/purpose-of-use';
import { type Peer, clientCertificateOf, peerOf } from '@hie/service-kit';
import { decodeJwt } from 'jose';
import Provider, { type Configuration, type KoaContextWithOIDC, errors } from 'oidc-provider';
import type { DataSource } from 'typeorm';

import { assertingKey } from '../clients/asserting-key.js';
import type { ClientRegistry, KnownClient } from '../clients/client-registry.js';
import { type GrantedPurpose, PurposeRefused, requestedPurpose } from '../clients/requested-purpose.js';
import { contentSecurityPolicy } from '../pages/page.js';
import { errorPage } from '../pages/error-page.js';
import { isSignInAlone, peopleClients } from './people-clients.js';
import type { PersonTokens } from './person-tokens.js';
import { PostgresAdapter } from './postgres-adapter.js';
import { missesProof } from './proof-errors.js';
import { acrValues, grantForPeople, signInPolicy } from './sign-in-policy.js';
import { StoredSigningKey } from './stored-signing-key.js';

/** SMART: an access token SHOULD live at most this long. */
const ACCESS_TOKEN_S = 300;
/** The library's own default accepts an assertion that expired 15 s ago. */
const CLOCK_TOLERANCE_S = 5;
const MAX_ASSERTION_S = 300;
/** From being sent to the sign-in page to the end of it. */
const INTERACTION_S = 600;
const CODE_S = 60;
/** Of RFC 7518, beside SMART's own: what UDAP asks every server to know. */
const udapAlgorithms = ['RS256'] as const;
/** A console or command line that nobody uses for this long signs its person out. */
const IDLE_S = 1800;

export interface ProviderParts {
  readonly issuer: string;
  /** The FHIR base the tokens are good for. */
  readonly resource: string;
  /** ES256: the first signs the tokens, all are published. */
  readonly signingKeys: readonly SigningKey[];
  readonly scopes: readonly string[];
  readonly clients: ClientRegistry;
  readonly source: DataSource;
  /** Told, and waited for, before a token leaves or a refusal is answered. */
  readonly record: (event: TokenEvent) => Promise<void>;
  readonly people: PersonTokens;
  /** Where sign-ins at a console may lead back to; none: there is no console. */
  readonly consoleRedirectUris: readonly string[];
  /** Signs the cookies. */
  readonly cookieKeys: readonly string[];
}

/** What the ledger learns of a token request (IHE IUA ITI-71); never the token. */
export interface TokenEvent extends Peer {
  /** Of a token that was given up: its person has signed out. */
  readonly action?: 'person.signed-out';
  readonly outcome: 'success' | 'refused';
  readonly reason?: string;
  readonly clientId?: string;
  readonly memberId?: string;
  readonly purpose?: string;
  /** The person, where one signed in. */
  readonly userId?: string;
}

/**
 * The exchange's authorisation server. Systems: `private_key_jwt`. People: passkeys, authorization code with PKCE, tokens bound by DPoP.
 * One purpose of use in every token.
 */
export function createProvider(parts: ProviderParts): Provider {
  const { issuer, resource, clients, source, people } = parts;
  const publicClients = peopleClients(parts.consoleRedirectUris);
  const configuration: Configuration = {
    adapter: (name: string) => new PostgresAdapter(name, source, clients, publicClients),
    jwks: { keys: parts.signingKeys.map((key) => new StoredSigningKey(key)) },
    clientAuthMethods: ['private_key_jwt', 'none'],
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256', 'ES384', 'EdDSA', 'RS384', ...udapAlgorithms],
      dPoPSigningAlgValues: ['ES256', 'EdDSA'],
      idTokenSigningAlgValues: ['ES256'],
    },
    responseTypes: ['code'],
    scopes: [...new Set(['openid', ...parts.scopes, ...personScopes])],
    acrValues,
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'] },
    pkce: { required: () => true },
    clockTolerance: CLOCK_TOLERANCE_S,
    ttl: {
      ClientCredentials: ACCESS_TOKEN_S,
      AccessToken: ACCESS_TOKEN_S,
      AuthorizationCode: CODE_S,
      IdToken: ACCESS_TOKEN_S,
      Interaction: INTERACTION_S,
      RefreshToken: IDLE_S,
      Session: MAX_SIGN_IN_AGE_S,
      Grant: MAX_SIGN_IN_AGE_S,
    },
    routes: { token: '/token', jwks: '/jwks', authorization: '/auth', revocation: '/revocation' },
    cookies: {
      keys: [...parts.cookieKeys],
      long: { httpOnly: true, secure: true, sameSite: 'lax' },
      short: { httpOnly: true, secure: true, sameSite: 'lax' },
    },
    interactions: { policy: signInPolicy(), url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: async (_ctx, accountId) =>
      (await people.mayHaveTokens(accountId)) ? { accountId, claims: () => ({ sub: accountId }) } : undefined,
    loadExistingGrant: (ctx) => grantForPeople(ctx, resource),
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: (ctx) => mayRotate(ctx, people),
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.set('content-security-policy', contentSecurityPolicy(undefined));
      ctx.body = errorPage(out.error);
    },
    assertJwtClientAuthClaimsAndHeader: async (_ctx, claims, header, { clientId }) => {
      checkAssertionLife(claims);
      checkAssertionHeader(header, await clients.find(clientId));
    },
    extraTokenClaims: (ctx, token) =>
      token.kind === 'ClientCredentials' ? purposeClaims(ctx, parts) : personClaims(ctx, parts),
    features: {
      devInteractions: { enabled: false },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      // RFC 7009: who gives up a refresh token ends what it belongs to; nobody gives up another client's.
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      mTLS: {
        ...{ enabled: true, certificateBoundAccessTokens: true },
        getCertificate: ({ req }) => clientCertificateOf(req.socket, Date.now()),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: async (ctx, indicator, client) => {
          if (indicator !== resource) throw new errors.InvalidTarget();
          const isForPeople = publicClients.has(client.clientId);
          const isAlone = isSignInAlone(ctx);
          return {
            scope: (isAlone ? [] : isForPeople ? await people.scopes(ctx) : parts.scopes).join(' '),
            audience: isAlone ? issuer : resource,
            accessTokenFormat: 'jwt',
            accessTokenTTL: ACCESS_TOKEN_S,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
  };
  const provider = new Provider(issuer, configuration);
  recordEnds(provider, parts);
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

/** A certificate in the header is a key that the client brings along: only a system that registered with one may. */
function checkAssertionHeader(
  header: { readonly alg?: string; readonly x5c?: unknown },
  client: KnownClient | undefined,
): void {
  if (client?.udapUri !== undefined) return;
  if ('x5c' in header || udapAlgorithms.some((alg) => alg === header.alg)) {
    throw new errors.InvalidClientAuth('a certificate in an assertion is for clients that registered with one');
  }
}

async function purposeClaims(
  ctx: KoaContextWithOIDC,
  { clients, record }: ProviderParts,
): Promise<Record<string, unknown>> {
  const body = (ctx.oidc.body ?? {}) as Partial<Record<string, string>>;
  const clientId = ctx.oidc.client?.clientId ?? '';
  const client = await clients.findAsserting(clientId, body['client_assertion'] ?? '');
  if (client === undefined) throw new errors.InvalidClient('client not found');
  const key = await assertingKey(body['client_assertion'] ?? '', client.registration.jwks.keys);
  // Withdrawn since the assertion was checked, a moment ago.
  if (key === undefined) throw new errors.InvalidClient('client key not found');
  const { purpose, user } = granted(body, client);
  await record({ outcome: 'success', clientId, memberId: client.memberId, purpose, ...peerOf(ctx.req.socket) });
  const { memberId } = client;
  return { purpose_of_use: purpose, member_id: memberId, client_key: key, ...(user === undefined ? {} : { user }) };
}

async function personClaims(
  ctx: KoaContextWithOIDC,
  { people, record }: ProviderParts,
): Promise<Record<string, unknown>> {
  const claims = isSignInAlone(ctx) ? undefined : await people.claims(ctx);
  await record({
    outcome: 'success',
    ...(claims === undefined ? {} : { memberId: claims.member_id, purpose: claims.purpose_of_use }),
    ...clientAndPerson(ctx),
    ...peerOf(ctx.req.socket),
  });
  return { ...claims };
}

function granted(body: Partial<Record<string, string>>, client: KnownClient): GrantedPurpose {
  try {
    return requestedPurpose({
      assertion: decodeJwt(body['client_assertion'] ?? ''),
      // UDAP wants the purpose in the extension, where it is signed.
      parameter: client.udapUri === undefined ? body['purpose_of_use'] : undefined,
      organizationId: client.organizationId,
      registered: client.registration.purposes,
    });
  } catch (error) {
    if (error instanceof PurposeRefused) throw new errors.InvalidRequest(`purpose_of_use refused: ${error.code}`);
    throw error;
  }
}

/** A purpose is looked at before the refresh token is spent: who asks for one of another role keeps the session. */
async function mayRotate(ctx: KoaContextWithOIDC, people: PersonTokens): Promise<true> {
  await people.claims(ctx);
  return true;
}

const clientAndPerson = ({ oidc }: KoaContextWithOIDC): Pick<TokenEvent, 'clientId' | 'userId'> => ({
  ...(oidc.client === undefined ? {} : { clientId: oidc.client.clientId }),
  ...(oidc.account === undefined ? {} : { userId: oidc.account.accountId }),
});

/** Tells of what ends otherwise than with a token: a refusal, and a sign-out. */
function recordEnds(provider: Provider, { record }: ProviderParts): void {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/revocation') return recordSignOut(ctx as KoaContextWithOIDC, record);
    if (ctx.path !== '/token' || ctx.status < 400) return;
    const body = ctx.body as { readonly error?: string; readonly error_description?: string };
    const error = missesProof(ctx as KoaContextWithOIDC, body.error ?? '') ? 'invalid_dpop_proof' : body.error;
    ctx.body = { ...body, error };
    const { clientId } = (ctx as KoaContextWithOIDC).oidc?.client ?? {};
    await record({
      outcome: 'refused',
      reason: error ?? 'refused',
      ...(clientId === undefined ? {} : { clientId }),
      ...peerOf(ctx.req.socket),
    });
  });
}

async function recordSignOut(ctx: KoaContextWithOIDC, record: ProviderParts['record']): Promise<void> {
  const { RefreshToken: given, Client: client } = ctx.oidc?.entities ?? {};
  const { accountId: userId, clientId } = given ?? {};
  if (ctx.status !== 200 || userId === undefined || clientId === undefined || client?.clientId !== clientId) return;
  await record({ action: 'person.signed-out', outcome: 'success', clientId, userId, ...peerOf(ctx.req.socket) });
}
