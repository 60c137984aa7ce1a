// RFC 7517 key sets; the keys are the configured issuers' and nobody's that a token could name (no jku, no x5u, no jwk).
import { type JsonWebKey, type KeyObject, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { z } from 'zod';

import type { GatewayConfig } from '../gateway.config.js';
import { type TrustedIssuer, readTrustedIssuers } from './trusted-issuers.js';

const jwksSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })).max(32) });

const MAX_AGE_MS = 600_000;
/** A flood of unknown key ids fetches the set once in this time; the first of them does so at once, for it may be a key just put to use. */
const COOLDOWN_MS = 10_000;

/** One issuer's published keys, fetched when they are wanted. */
class IssuerKeySet {
  private keys: ReadonlyMap<string, KeyObject> = new Map();
  private fetchedAt = Number.NEGATIVE_INFINITY;
  /** When a key that was not known last led to a fetch. */
  private missedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | undefined;
  readonly agent: Agent;

  constructor(readonly terms: TrustedIssuer) {
    this.agent = new Agent(terms.caPath === undefined ? {} : { connect: { ca: readFileSync(terms.caPath, 'utf8') } });
  }

  async find(kid: string): Promise<KeyObject | undefined> {
    const now = Date.now();
    const isOld = now - this.fetchedAt > MAX_AGE_MS;
    const isMissed = !this.keys.has(kid) && now - this.missedAt > COOLDOWN_MS;
    if (isMissed || isOld) {
      this.fetching ??= this.fetch(!isOld).finally(() => {
        this.fetching = undefined;
      });
    }
    // Whose key is known does not wait for a set that is fetched for somebody else's.
    if (isOld || !this.keys.has(kid)) await this.fetching;
    return this.keys.get(kid);
  }

  private async fetch(isForMissed: boolean): Promise<void> {
    const { body } = await request(this.terms.jwksUrl, { dispatcher: this.agent, headersTimeout: 3_000 });
    const { keys } = jwksSchema.parse(await body.json());
    this.keys = new Map(keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })]));
    this.fetchedAt = Date.now();
    if (isForMissed) this.missedAt = this.fetchedAt;
  }
}

/** Whose access tokens are believed, and with which keys they are checked. */
@Injectable()
export class IssuerKeys implements OnApplicationShutdown {
  private readonly sets: ReadonlyMap<string, IssuerKeySet>;

  constructor(@Inject(SERVICE_CONFIG) config: GatewayConfig) {
    const issuers = [...readTrustedIssuers(config).values()];
    this.sets = new Map(issuers.map((terms) => [terms.issuer, new IssuerKeySet(terms)]));
  }

  issuers(): readonly string[] {
    return [...this.sets.keys()];
  }

  termsOf(issuer: string): TrustedIssuer | undefined {
    return this.sets.get(issuer)?.terms;
  }

  /** `undefined` for a key id that the issuer does not publish. */
  async find(issuer: string, kid: string): Promise<KeyObject | undefined> {
    return this.sets.get(issuer)?.find(kid);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.sets.values()].map(({ agent }) => agent.destroy()));
  }
}
