import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { SignJWT } from 'jose';
import { Agent, request } from 'undici';

import { type HospitalConfig } from '../simulator.config.js';
import { dpopProver } from './dpop.js';
import { signingKey } from './key-algorithm.js';

/** An answer of the exchange, read whole. */
export interface ExchangeAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** A member's way into the exchange: authenticated, sender-constrained, for one purpose. */
export interface ExchangeClient {
  /** POSTs a FHIR body to the exchange's FHIR base. @throws FeedError `token-refused`; network errors as they come. */
  readonly post: (body: string) => Promise<ExchangeAnswer>;
  readonly close: () => Promise<void>;
}

/** The member could not get into the exchange at all. */
export class FeedError extends Error {
  constructor(
    readonly code: 'not-configured' | 'token-refused' | 'unreachable',
    /** What the identity provider said: an error code of OAuth, never a token. */
    readonly said: string,
    cause?: unknown,
  ) {
    super('the feed cannot reach the exchange', { cause });
    this.name = 'FeedError';
  }
}

type Exchange = NonNullable<HospitalConfig['exchange']>;
type Client = NonNullable<HospitalConfig['client']>;

const ASSERTION_LIFE_S = 120;
const RENEW_BEFORE_S = 30;

/**
 * A client of the exchange by SMART Backend Services: `private_key_jwt` (RFC 7523) with the UDAP `hl7-b2b` extension that says for which
 * organization and purpose, and DPoP (RFC 9449) on the token and on each request.
 */
export async function exchangeClient(
  exchange: Exchange,
  client: Client,
  organizationId: string,
): Promise<ExchangeClient> {
  const ca = exchange.caPath === undefined ? {} : { ca: readFileSync(exchange.caPath, 'utf8') };
  const dispatcher = new Agent({ connect: ca, connections: 8, keepAliveTimeout: 30_000 });
  const signer = await signingKey(client.privateJwk);
  const prover = await dpopProver();
  let token: Promise<{ readonly value: string; readonly renewAtS: number }> | undefined;
  const nowS = (): number => Math.floor(Date.now() / 1000);

  const assertion = (): Promise<string> => {
    const extensions = {
      'hl7-b2b': { version: '1', organization_id: organizationId, purpose_of_use: exchange.purposeOfUse },
    };
    return new SignJWT({ extensions })
      .setProtectedHeader({
        alg: signer.algorithm,
        typ: 'JWT',
        ...(signer.keyId === undefined ? {} : { kid: signer.keyId }),
      })
      .setIssuer(client.id)
      .setSubject(client.id)
      .setAudience(exchange.tokenUrl)
      .setJti(randomUUID())
      .setIssuedAt(nowS())
      .setExpirationTime(nowS() + ASSERTION_LIFE_S)
      .sign(signer.key);
  };

  const askForToken = async (isSecondTry: boolean): Promise<{ readonly value: string; readonly renewAtS: number }> => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: exchange.scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(),
      ...(exchange.resource === undefined ? {} : { resource: exchange.resource }),
    });
    const response = await request(exchange.tokenUrl, {
      method: 'POST',
      dispatcher,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        dpop: await prover.proof('POST', exchange.tokenUrl, nowS()),
      },
      body: form.toString(),
    });
    const json = (await response.body.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
    if (response.statusCode === 200 && typeof json['access_token'] === 'string') {
      return { value: json['access_token'], renewAtS: nowS() + Number(json['expires_in'] ?? 60) - RENEW_BEFORE_S };
    }
    const isNew = prover.learnNonce(exchange.tokenUrl, headerOf(response.headers['dpop-nonce']));
    if (isNew && json['error'] === 'use_dpop_nonce' && !isSecondTry) return askForToken(true);
    throw new FeedError(
      'token-refused',
      typeof json['error'] === 'string' ? json['error'] : String(response.statusCode),
    );
  };

  const currentToken = async (): Promise<string> => {
    const held = await token?.catch(() => undefined);
    if (held === undefined || held.renewAtS <= nowS()) token = askForToken(false);
    return (await (token as NonNullable<typeof token>)).value;
  };

  const post = async (body: string, isSecondTry: boolean): Promise<ExchangeAnswer> => {
    const accessToken = await currentToken();
    const response = await request(exchange.fhirUrl, {
      method: 'POST',
      dispatcher,
      headers: {
        'content-type': 'application/fhir+json',
        accept: 'application/fhir+json',
        authorization: `DPoP ${accessToken}`,
        dpop: await prover.proof('POST', exchange.fhirUrl, nowS(), accessToken),
      },
      body,
    });
    const text = await response.body.text();
    const isNew = prover.learnNonce(exchange.fhirUrl, headerOf(response.headers['dpop-nonce']));
    if (response.statusCode === 401 && !isSecondTry) {
      // A nonce that is new is all that was wanted; else the token is no longer believed.
      if (!isNew) token = undefined;
      return post(body, true);
    }
    return { status: response.statusCode, retryAfter: headerOf(response.headers['retry-after']), text };
  };

  return { post: (body) => post(body, false), close: () => dispatcher.close() };
}

const headerOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
