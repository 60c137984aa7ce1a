import { type JWK, type JWTVerifyGetKey, createLocalJWKSet, createRemoteJWKSet, customFetch } from 'jose';
import { Agent, fetch } from 'undici';

/** A client this member trusts: who it is, where its keys are, and what it may ask for at most. */
export interface TrustedClient {
  readonly clientId: string;
  /** Its keys, given outright … */
  readonly jwks?: { readonly keys: readonly JWK[] };
  /** … or where they are published. */
  readonly jwksUrl?: string;
  /** The certificate authority of `jwksUrl` in PEM, where it is not a public one. */
  readonly jwksCa?: string;
  /** Scopes it may be granted, as SMART writes them. */
  readonly scopes: readonly string[];
}

/** A trusted client with its keys at hand. */
export interface ClientKeys {
  readonly client: TrustedClient;
  readonly keys: JWTVerifyGetKey;
}

const COOLDOWN_MS = 30_000;
const CACHE_MS = 600_000;

/**
 * The trusted clients by id, in a Map: an id such as `__proto__` finds nothing.
 *
 * Published keys are fetched when first needed, kept ten minutes, and fetched anew for an unknown key id at most every 30 seconds, so
 * that a flood of unknown ids makes no flood of requests.
 */
export function trustedClients(clients: readonly TrustedClient[]): ReadonlyMap<string, ClientKeys> {
  return new Map(clients.map((client) => [client.clientId, { client, keys: keysOf(client) }]));
}

function keysOf({ jwks, jwksUrl, jwksCa }: TrustedClient): JWTVerifyGetKey {
  if (jwks !== undefined) return createLocalJWKSet({ keys: [...jwks.keys] });
  if (jwksUrl === undefined) throw new RangeError('a trusted client has jwks or jwksUrl');
  const dispatcher = new Agent({ connect: jwksCa === undefined ? {} : { ca: jwksCa } });
  return createRemoteJWKSet(new URL(jwksUrl), {
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: CACHE_MS,
    [customFetch]: async (url, { headers, method, redirect, signal }) => {
      const response = await fetch(url, { headers: Object.fromEntries(headers), method, redirect, signal, dispatcher });
      return new Response(await response.text(), { status: response.status });
    },
  });
}
