import type { Received } from '@hie/messaging';
import { type Authority, type HandlerPolicy, checkPolicy, scopesOf } from '@hie/purpose-of-use';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

import { PUBLIC, SERVES } from './serves.js';

/** A request once a guard before this one has proven who asks. */
export interface AuthorisedRequest {
  authority?: Authority;
}

/**
 * One rule for HTTP and Kafka: the handler must have declared that it serves this purpose with one of these scopes.
 *
 * Runs after the authority has been proven (access token, transaction token, or the message's own token and seals). A service's own
 * events carry no purpose, because they move nobody's record; the contract says which topics those are.
 */
@Injectable()
export class PurposeGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    const policy = this.reflector.getAllAndOverride<HandlerPolicy | undefined>(SERVES, targets);
    if (context.getType() === 'rpc') return checkMessage(context.switchToRpc().getData(), policy);
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets) === true) return true;
    const { authority } = context.switchToHttp().getRequest<AuthorisedRequest>();
    if (authority === undefined) return false;
    checkPolicy(policy, authority);
    return true;
  }
}

function checkMessage(received: Received<unknown>, policy: HandlerPolicy | undefined): boolean {
  const { scope } = received;
  if (scope === undefined) return true;
  // What earlier hops left, not what the token once allowed.
  checkPolicy(policy, { purpose: scope.claims.tctx.purp, scopes: scope.allow.scope });
  return true;
}

/** The authority of a transaction token. */
export const authorityOf = (claims: {
  readonly tctx: { readonly purp: Authority['purpose'] };
  readonly scope: string;
}) => ({
  purpose: claims.tctx.purp,
  scopes: scopesOf(claims.scope),
});
