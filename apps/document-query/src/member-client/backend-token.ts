// SMART Backend Services: https://hl7.org/fhir/smart-app-launch/backend-services.html
import { randomUUID } from 'node:crypto';

import type { SigningKey } from '@hie/key-store';
import type { Purpose } from '@hie/purpose-of-use';
import { ACT_REASON_OID } from '@hie/purpose-of-use';
import { z } from 'zod';

import { MemberFailure } from './member-failure.js';
import type { MemberHttp } from './member-http.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ASSERTION_LIFE_S = 120;
/** A token this close to its end is not used: it might end on the way. */
const MARGIN_MS = 30_000;

const discoverySchema = z.object({ token_endpoint: z.url() });
const tokenSchema = z.object({ access_token: z.string(), expires_in: z.number().default(300) });

/** On whose behalf, and why, the exchange asks: the member sees it in the assertion, not only who relays it. */
export interface Behalf {
  readonly purpose: Purpose;
  readonly organizationId: string;
  readonly organizationName: string;
}

export interface BackendTokenOptions {
  readonly http: MemberHttp;
  readonly baseUrl: string;
  readonly clientId: string;
  /** The exchange's key for members (ES384), asked for at each assertion. */
  readonly signingKey: () => SigningKey;
  readonly scope: string;
}

interface Kept {
  readonly token: string;
  readonly untilMs: number;
}

/** The exchange's access tokens at one member: one for each purpose and requester, fetched once and kept until shortly before its end. */
export class BackendToken {
  private endpoint: Promise<string> | undefined;
  private readonly kept = new Map<string, Kept>();
  private readonly fetching = new Map<string, Promise<Kept>>();

  constructor(private readonly options: BackendTokenOptions) {}

  async get(behalf: Behalf, signal: AbortSignal): Promise<string> {
    const key = `${behalf.purpose} ${behalf.organizationId}`;
    const found = this.kept.get(key);
    if (found !== undefined && found.untilMs > Date.now()) return found.token;
    const running = this.fetching.get(key) ?? this.fetchOnce(key, behalf, signal);
    return (await running).token;
  }

  /** Forgets a token that the member no longer takes. */
  forget({ purpose, organizationId }: Behalf): void {
    this.kept.delete(`${purpose} ${organizationId}`);
  }

  private fetchOnce(key: string, behalf: Behalf, signal: AbortSignal): Promise<Kept> {
    const running = this.fetch(behalf, signal)
      .then((kept) => {
        this.kept.set(key, kept);
        return kept;
      })
      .finally(() => this.fetching.delete(key));
    this.fetching.set(key, running);
    return running;
  }

  private async fetch(behalf: Behalf, signal: AbortSignal): Promise<Kept> {
    const url = await this.tokenEndpoint(signal);
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: this.options.scope,
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await this.assertion(url, behalf),
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const response = await this.options.http.request({ method: 'POST', url, headers, body, signal });
    if (response.status !== 200) throw new MemberFailure('denied', 'member-refused');
    const parsed = tokenSchema.safeParse(response.body);
    if (!parsed.success) throw new MemberFailure('failed', 'malformed-answer');
    const { access_token: token, expires_in: lifeS } = parsed.data;
    return { token, untilMs: Date.now() + lifeS * 1000 - MARGIN_MS };
  }

  private tokenEndpoint(signal: AbortSignal): Promise<string> {
    this.endpoint ??= this.discover(signal).catch((error: unknown) => {
      this.endpoint = undefined;
      throw error;
    });
    return this.endpoint;
  }

  private async discover(signal: AbortSignal): Promise<string> {
    const url = `${this.options.baseUrl}/.well-known/smart-configuration`;
    const { body } = await this.options.http.request({ method: 'GET', url, signal });
    const parsed = discoverySchema.safeParse(body);
    if (!parsed.success) throw new MemberFailure('failed', 'malformed-answer');
    return parsed.data.token_endpoint;
  }

  private async assertion(audience: string, { purpose, organizationId, organizationName }: Behalf): Promise<string> {
    const { clientId, signingKey } = this.options;
    const key = signingKey();
    const b2b = {
      version: '1',
      organization_id: organizationId,
      organization_name: organizationName,
      purpose_of_use: [`${ACT_REASON_OID}#${purpose}`],
    };
    const nowS = Math.floor(Date.now() / 1000);
    const claims = {
      ...{ iss: clientId, sub: clientId, aud: audience, jti: randomUUID() },
      ...{ iat: nowS, exp: nowS + ASSERTION_LIFE_S, extensions: { 'hl7-b2b': b2b } },
    };
    return signed({ alg: key.alg, typ: 'JWT', kid: key.kid }, claims, key);
  }
}

/** RFC 7515, compact serialisation; by hand, for `jose` signs with keys that are in the process alone. */
async function signed(header: object, claims: object, key: SigningKey): Promise<string> {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${Buffer.from(await key.sign(Buffer.from(input))).toString('base64url')}`;
}
