import { SERVICE_CONFIG, requestLimit } from '@hie/service-kit';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import type { CallerRequest } from '../edge/caller.js';
import type { GatewayConfig } from '../gateway.config.js';
import { OutcomeError } from './outcome-error.js';

/** Before anybody is known: by the real peer's address over all routes, so that guessing tokens is slow. It may carry a whole hospital. */
@Injectable()
export class AddressThrottler implements CanActivate {
  private readonly secondsToWait;

  constructor(@Inject(SERVICE_CONFIG) { ADDRESS_LIMIT_PER_MINUTE }: GatewayConfig) {
    this.secondsToWait = requestLimit(ADDRESS_LIMIT_PER_MINUTE);
  }

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const { raw, url } = context.switchToHttp().getRequest<CallerRequest>();
    const address = raw.socket.remoteAddress ?? '';
    // Counted by itself: a flood from where the process is watched must not make it seem dead.
    return letIn(context, this.secondsToWait(url.startsWith('/health/') ? `health ${address}` : address));
  }
}

/** Once the edge knows who asks: by client over all routes, so that one client's flood is its own. */
@Injectable()
export class ClientThrottler implements CanActivate {
  private readonly secondsToWait;

  constructor(@Inject(SERVICE_CONFIG) { RATE_LIMIT_PER_MINUTE }: GatewayConfig) {
    this.secondsToWait = requestLimit(RATE_LIMIT_PER_MINUTE);
  }

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const { caller } = context.switchToHttp().getRequest<CallerRequest>();
    return caller === undefined || letIn(context, this.secondsToWait(caller.clientId));
  }
}

/** @throws OutcomeError `too-many-requests`, with `Retry-After`. */
function letIn(context: ExecutionContext, seconds: number): true {
  if (seconds === 0) return true;
  void context.switchToHttp().getResponse<FastifyReply>().header('retry-after', String(seconds));
  throw new OutcomeError('too-many-requests');
}
