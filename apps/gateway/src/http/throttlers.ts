import { SERVICE_CONFIG, peerAddress, requestLimit } from '@hie/service-kit';
import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ThrottlerGuard, type ThrottlerLimitDetail, type ThrottlerStorage } from '@nestjs/throttler';
import type { FastifyReply } from 'fastify';

import type { CallerRequest } from '../edge/caller.js';
import type { GatewayConfig } from '../gateway.config.js';
import { OutcomeError } from './outcome-error.js';

const MINUTE_MS = 60_000;

/** Counts a tracker over all routes; the library's own key is one for each route. */
abstract class OverAllRoutes extends ThrottlerGuard {
  protected constructor(perMinute: number, reflector: Reflector) {
    super({ throttlers: [{ ttl: MINUTE_MS, limit: perMinute }], setHeaders: false }, windows(perMinute), reflector);
  }

  protected override generateKey(_context: ExecutionContext, tracker: string): string {
    return tracker;
  }

  protected override throwThrottlingException(context: ExecutionContext, detail: ThrottlerLimitDetail): Promise<void> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    void reply.header('retry-after', String(detail.timeToBlockExpire));
    throw new OutcomeError('too-many-requests');
  }
}

/** Before anybody is known: by the real peer's address, so that guessing tokens is slow. It may carry a whole hospital. */
@Injectable()
export class AddressThrottler extends OverAllRoutes {
  constructor(
    @Inject(SERVICE_CONFIG) { ADDRESS_LIMIT_PER_MINUTE }: GatewayConfig,
    @Inject(Reflector) reflector: Reflector,
  ) {
    super(ADDRESS_LIMIT_PER_MINUTE, reflector);
  }

  /** Health is counted by itself: a flood from where the process is watched must not make it seem dead. */
  protected override getTracker({ raw, url }: CallerRequest): Promise<string> {
    const address = peerAddress(raw.socket) ?? '';
    return Promise.resolve(url.startsWith('/health/') ? `health ${address}` : address);
  }

  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    return Promise.resolve(context.getType() !== 'http');
  }
}

/** Once the edge knows who asks: by client, so that one client's flood is its own. */
@Injectable()
export class ClientThrottler extends OverAllRoutes {
  constructor(
    @Inject(SERVICE_CONFIG) { RATE_LIMIT_PER_MINUTE }: GatewayConfig,
    @Inject(Reflector) reflector: Reflector,
  ) {
    super(RATE_LIMIT_PER_MINUTE, reflector);
  }

  protected override getTracker({ caller }: CallerRequest): Promise<string> {
    return Promise.resolve(caller?.clientId ?? '');
  }

  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return Promise.resolve(true);
    return Promise.resolve(context.switchToHttp().getRequest<CallerRequest>().caller === undefined);
  }
}

/** Storage whose cost is the same at any limit: the library's own goes through the asker's every request of a minute at each new one. */
function windows(perMinute: number): ThrottlerStorage {
  const secondsToWait = requestLimit(perMinute);
  return {
    increment: (tracker) => {
      const seconds = secondsToWait(tracker);
      const isBlocked = seconds > 0;
      const totalHits = isBlocked ? perMinute + 1 : 1;
      return Promise.resolve({ totalHits, timeToExpire: seconds, isBlocked, timeToBlockExpire: seconds });
    },
  };
}
