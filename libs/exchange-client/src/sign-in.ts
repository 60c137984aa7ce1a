// OAuth 2.0 for native apps: RFC 8252; PKCE: RFC 7636; the issuer in the answer: RFC 9207; metadata: OpenID Connect Discovery 1.0.
import { createHash, randomBytes } from 'node:crypto';

import { decodeJwt } from 'jose';
import { Agent, request } from 'undici';

import { DpopKey } from './dpop-key.js';
import { LoopbackRedirect } from './loopback-redirect.js';
import type { KeptSession } from './person-session.js';
import { requestToken } from './token-request.js';

export interface SignInOptions {
  readonly issuer: string;
  /** PEM; the exchange's own authority. */
  readonly ca: string;
  /** A public client. */
  readonly clientId: string;
  readonly scope: string;
  /** Told the address that the person opens in a browser. */
  readonly onAddress: (url: string) => void;
  /** How long the person has; five minutes unless said. */
  readonly withinMs?: number;
}

/** Nobody has signed in. `cancelled` and `refused` are the person's and the provider's word, the last of which stands in `detail`. */
export class SignInFailed extends Error {
  override readonly name = 'SignInFailed';
  constructor(
    readonly code: 'timed-out' | 'cancelled' | 'refused' | 'another-provider',
    readonly detail?: string,
  ) {
    super(code);
  }
}

const WITHIN_MS = 300_000;

interface Metadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly revocation_endpoint: string;
}

/**
 * Signs a person in with the browser of their choice: this program sees neither their passkey nor a password, and gets a session whose tokens
 * are bound to a key that it makes now.
 *
 * The session is for no purpose yet; each use of it asks for its own.
 *
 * @throws SignInFailed, TokenRefused
 */
export async function signIn(options: SignInOptions): Promise<KeptSession> {
  const agent = new Agent({ connect: { ca: options.ca } });
  const redirect = await LoopbackRedirect.open();
  try {
    const metadata = await metadataOf(agent, options.issuer);
    const [verifier, state, nonce] = [secret(), secret(), secret()];
    const parameters = {
      ...{ client_id: options.clientId, response_type: 'code', redirect_uri: redirect.uri, scope: options.scope },
      ...{ state, nonce, code_challenge_method: 'S256' },
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    };
    options.onAddress(`${metadata.authorization_endpoint}?${new URLSearchParams(parameters).toString()}`);
    const code = codeIn(await redirect.parameters(state, options.withinMs ?? WITHIN_MS), options.issuer);
    const key = await DpopKey.make();
    const { clientId } = options;
    const { refreshToken, idToken } = await requestToken(
      agent,
      metadata.token_endpoint,
      {
        ...{ grant_type: 'authorization_code', client_id: clientId, code, code_verifier: verifier },
        redirect_uri: redirect.uri,
      },
      await key.proof('POST', metadata.token_endpoint),
    );
    // Straight from the provider over its own TLS, so its signature need not be looked at (OpenID Connect Core, 3.1.3.7).
    const claims = idToken === undefined ? {} : decodeJwt(idToken);
    const isOurs = claims.iss === options.issuer && claims.aud === clientId && claims['nonce'] === nonce;
    if (refreshToken === undefined || claims.sub === undefined || !isOurs) throw new SignInFailed('another-provider');
    return {
      ...{ issuer: options.issuer, clientId, personId: claims.sub, signedInAt: new Date().toISOString(), refreshToken },
      ...{ tokenUrl: metadata.token_endpoint, revocationUrl: metadata.revocation_endpoint },
      proofKey: await key.privateJwk(),
    };
  } finally {
    await redirect.close();
    await agent.close();
  }
}

/** 256 bits. */
const secret = (): string => randomBytes(32).toString('base64url');

async function metadataOf(agent: Agent, issuer: string): Promise<Metadata> {
  const { body } = await request(`${issuer}/.well-known/openid-configuration`, { dispatcher: agent });
  const metadata = (await body.json()) as Metadata;
  if (metadata.issuer !== issuer) throw new SignInFailed('another-provider');
  return metadata;
}

function codeIn(parameters: URLSearchParams | undefined, issuer: string): string {
  if (parameters === undefined) throw new SignInFailed('timed-out');
  if (parameters.get('iss') !== issuer) throw new SignInFailed('another-provider');
  const [code, error] = [parameters.get('code'), parameters.get('error')];
  if (error === 'access_denied') throw new SignInFailed('cancelled');
  if (code === null) throw new SignInFailed('refused', error ?? 'no-code');
  return code;
}
