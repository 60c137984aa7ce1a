// RFC 7517 key sets; the keys are the configured issuer's and nobody's that a token could name (no jku, no x5u, no jwk).
import { type JsonWebKey, type KeyObject, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { z } from 'zod';

import type { GatewayConfig } from '../gateway.config.js';

const jwksSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })).max(32) });

const MAX_AGE_MS = 600_000;
/** A flood of unknown key ids fetches the set once in this time. */
const COOLDOWN_MS = 10_000;

@Injectable()
export class IssuerKeys implements OnApplicationShutdown {
  private keys: ReadonlyMap<string, KeyObject> = new Map();
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | undefined;
  private readonly agent: Agent;

  constructor(@Inject(SERVICE_CONFIG) private readonly config: GatewayConfig) {
    this.agent = new Agent({ connect: { ca: readFileSync(config.TLS_CA, 'utf8') } });
  }

  /** `undefined` for a key id that the issuer does not publish. */
  async find(kid: string): Promise<KeyObject | undefined> {
    const ageMs = Date.now() - this.fetchedAt;
    const isStale = ageMs > MAX_AGE_MS || (!this.keys.has(kid) && ageMs > COOLDOWN_MS);
    if (isStale) {
      this.fetching ??= this.fetch().finally(() => {
        this.fetching = undefined;
      });
      await this.fetching;
    }
    return this.keys.get(kid);
  }

  onApplicationShutdown(): Promise<void> {
    return this.agent.destroy();
  }

  private async fetch(): Promise<void> {
    const { body } = await request(this.config.IDP_JWKS_URL, { dispatcher: this.agent, headersTimeout: 3_000 });
    const { keys } = jwksSchema.parse(await body.json());
    this.keys = new Map(keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })]));
    this.fetchedAt = Date.now();
  }
}
