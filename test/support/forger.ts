import {
  type JsonWebKey,
  type KeyObject,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  randomUUID,
  sign,
} from 'node:crypto';
import { join } from 'node:path';

import { stolenKeysIn } from '@hie/local-exchange';

import { calculateJwkThumbprint } from 'jose';
import { Agent, request } from 'undici';

import type { SharedExchange } from './shared-exchange.js';

/** The parts of a JWT; a text is taken as it is, so that it may be what no library would write. */
export interface JwtParts {
  readonly header: object | string;
  readonly payload: object | string;
}

export interface DoorAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const encode = (part: object | string): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** Signs whatever it is given with a P-256 key, as ES256 does. */
export function jwt({ header, payload }: JwtParts, key: KeyObject): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/**
 * Somebody at the doors who makes tokens: with a key of their own, and where a test says so with the identity provider's, to show
 * that what is refused is refused for what the token says and not for its signature.
 */
export class Forger {
  readonly own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly agent: Agent;
  readonly issuerKey: KeyObject;
  readonly issuerKid: string;
  private thumbprint = '';
  private clientKey = '';

  private constructor(private readonly exchange: SharedExchange) {
    this.agent = new Agent({ connect: { ca: exchange.ca } });
    const { others } = stolenKeysIn(join(exchange.run, 'trust'), 'identity-provider') as {
      others: { oidc: JsonWebKey & { kid: string } };
    };
    this.issuerKey = createPrivateKey({ key: others.oidc, format: 'jwk' });
    this.issuerKid = others.oidc.kid;
  }

  static async at(exchange: SharedExchange): Promise<Forger> {
    const forger = new Forger(exchange);
    forger.thumbprint = await calculateJwkThumbprint(forger.proofJwk as never);
    forger.clientKey = await calculateJwkThumbprint(exchange.hospital('mercy-general').client.publicJwk as never);
    return forger;
  }

  get issuerPem(): string {
    return createPublicKey(this.issuerKey).export({ type: 'spki', format: 'pem' }).toString();
  }

  get proofJwk(): JsonWebKey {
    return this.own.publicKey.export({ format: 'jwk' });
  }

  /** Claims of an access token that would be let in, but for what is changed. */
  claims(over: object = {}): object {
    const { issuer } = this.exchange.description.identityProvider;
    const { fhirUrl } = this.exchange.description.gateway;
    const nowS = Math.floor(Date.now() / 1000);
    return {
      iss: issuer,
      aud: fhirUrl,
      iat: nowS,
      exp: nowS + 300,
      jti: randomUUID(),
      sub: 'mercy-general-emr',
      client_id: 'mercy-general-emr',
      member_id: 'mercy-general',
      client_key: this.clientKey,
      purpose_of_use: 'TREAT',
      scope: 'system/*.rs',
      cnf: { jkt: this.thumbprint },
      ...over,
    };
  }

  header(over: object = {}): object {
    return { alg: 'ES256', typ: 'at+jwt', kid: this.issuerKid, ...over };
  }

  /** A token by the identity provider's own key. */
  issued(over: object = {}, headerOver: object = {}): string {
    return jwt({ header: this.header(headerOver), payload: this.claims(over) }, this.issuerKey);
  }

  proof(method: string, url: string, token: string | undefined, over: object = {}, key = this.own): string {
    const ath = token === undefined ? {} : { ath: hash('sha256', token, 'base64url') };
    const payload = { htm: method, htu: url, iat: Math.floor(Date.now() / 1000), jti: randomUUID(), ...ath, ...over };
    const header = { alg: 'ES256', typ: 'dpop+jwt', jwk: key.publicKey.export({ format: 'jwk' }) };
    return jwt({ header, payload }, key.privateKey);
  }

  /** The headers of a request under a token, with a proof by its key. */
  presenting(token: string, method: string, url: string): Record<string, string> {
    return { authorization: `DPoP ${token}`, dpop: this.proof(method, url.split(/[?#]/, 1)[0] ?? url, token) };
  }

  async ask(url: string, headers: Record<string, string>, method = 'GET', body?: string): Promise<DoorAnswer> {
    const answer = await request(url, {
      dispatcher: this.agent,
      method,
      headers,
      ...(body === undefined || method === 'GET' ? {} : { body }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, text, code: codeIn(text), headers: answer.headers };
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

/** The stable code of an OperationOutcome, of problem details, or of an OAuth error. */
function codeIn(text: string): string | undefined {
  try {
    const body = JSON.parse(text) as {
      code?: string;
      error?: string;
      issue?: { details?: { coding?: { code?: string }[] } }[];
    };
    return body.issue?.[0]?.details?.coding?.[0]?.code ?? body.code ?? body.error;
  } catch {
    // Not JSON: it has no code.
    return undefined;
  }
}
