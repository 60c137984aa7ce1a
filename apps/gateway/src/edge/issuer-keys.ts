// RFC 7517 key sets; the keys are the configured issuers' and nobody's that a token could name (no jku, no x5u, no jwk).
import { type JsonWebKey, type KeyObject, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { PinoLogger, SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { z } from 'zod';

import type { GatewayConfig } from '../gateway.config.js';
import { OutcomeError } from '../http/outcome-error.js';
import { type TrustedIssuer, readTrustedIssuers } from './trusted-issuers.js';

const jwksSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })).max(32) });

const MAX_AGE_MS = 600_000;
/** Where an issuer can not be asked, the keys it last published are believed for this long, ms; a key it withdrew meanwhile too. */
const BELIEVED_MS = 3_600_000;
/** A flood of unknown key ids fetches the set once in this time; the first of them does so at once, for it may be a key just put to use. */
const COOLDOWN_MS = 10_000;
/** An issuer that did not answer is asked again after this, ms, and not by each request that comes meanwhile. */
const ASK_AGAIN_MS = 2_000;
const ANSWER_WITHIN_MS = 3_000;

/** One issuer's published keys, fetched when they are wanted. */
class IssuerKeySet {
  private keys: ReadonlyMap<string, KeyObject> = new Map();
  private fetchedAt = Number.NEGATIVE_INFINITY;
  /** When a key that was not known last led to a fetch. */
  private missedAt = Number.NEGATIVE_INFINITY;
  /** When the issuer last did not answer, since it last did. */
  private failedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | undefined;
  readonly agent: Agent;

  constructor(
    readonly terms: TrustedIssuer,
    private readonly onFailed: (error: unknown) => void,
  ) {
    const ca = terms.caPath === undefined ? {} : { ca: readFileSync(terms.caPath, 'utf8') };
    this.agent = new Agent({ connect: { ...ca, timeout: ANSWER_WITHIN_MS } });
  }

  async find(kid: string): Promise<KeyObject | undefined> {
    const now = Date.now();
    const isOld = now - this.fetchedAt > MAX_AGE_MS;
    const isMissed = !this.keys.has(kid) && now - this.missedAt > COOLDOWN_MS;
    if ((isMissed || isOld) && now - this.failedAt > ASK_AGAIN_MS) {
      this.fetching ??= this.fetch(!isOld).finally(() => {
        this.fetching = undefined;
      });
    }
    // Whose key is known does not wait for a set that is fetched for somebody else's, nor for an issuer that did not answer.
    if (!this.believes(kid) || (isOld && !this.hasFailed)) await this.fetching;
    if (this.believes(kid)) return this.keys.get(kid);
    // Whether the issuer has such a key nobody can say then; that is not the caller's fault.
    if (this.hasFailed) throw new OutcomeError('service-unavailable');
    return undefined;
  }

  private get hasFailed(): boolean {
    return this.failedAt > this.fetchedAt;
  }

  private believes(kid: string): boolean {
    return this.keys.has(kid) && Date.now() - this.fetchedAt <= BELIEVED_MS;
  }

  private async fetch(isForMissed: boolean): Promise<void> {
    try {
      await this.fetchNow(isForMissed);
    } catch (error) {
      this.failedAt = Date.now();
      this.onFailed(error);
    }
  }

  private async fetchNow(isForMissed: boolean): Promise<void> {
    const { statusCode, body } = await request(this.terms.jwksUrl, {
      dispatcher: this.agent,
      headersTimeout: ANSWER_WITHIN_MS,
      bodyTimeout: ANSWER_WITHIN_MS,
    });
    if (statusCode !== 200) {
      await body.dump();
      throw new Error('The issuer did not give its keys.', { cause: statusCode });
    }
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

  constructor(@Inject(SERVICE_CONFIG) config: GatewayConfig, logger: PinoLogger) {
    const onFailed = (error: unknown): void => logger.warn({ err: error }, 'keys of an issuer not fetched');
    const issuers = [...readTrustedIssuers(config).values()];
    this.sets = new Map(issuers.map((terms) => [terms.issuer, new IssuerKeySet(terms, onFailed)]));
  }

  issuers(): readonly string[] {
    return [...this.sets.keys()];
  }

  termsOf(issuer: string): TrustedIssuer | undefined {
    return this.sets.get(issuer)?.terms;
  }

  /** `undefined` for a key id that the issuer does not publish. @throws OutcomeError `service-unavailable` when the issuer can not be asked. */
  async find(issuer: string, kid: string): Promise<KeyObject | undefined> {
    return this.sets.get(issuer)?.find(kid);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.sets.values()].map(({ agent }) => agent.destroy()));
  }
}
