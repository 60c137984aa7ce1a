import { OPERATOR } from '@hie/contracts';
import { type Purpose, TrustError, type TrustErrorCode } from '@hie/purpose-of-use';
import { MemberDirectory, PUBLIC, SERVICE_CONFIG } from '@hie/service-kit';
import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';

import type { GatewayConfig } from '../gateway.config.js';
import { ACCESS_TOKEN, type AccessTokenClaims, tokenOf } from './access-token.strategy.js';
import { type CallerRequest, hopScopesOf } from './caller.js';
import { checkDpopProof, freshness } from './dpop-proof.js';

/**
 * The edge: an access token by the identity provider, held by whoever it is bound to, of a member that takes part today.
 *
 * Sets `caller` and `authority`; whether the route serves the purpose is `PurposeGuard`'s to say.
 */
@Injectable()
export class EdgeGuard extends AuthGuard(ACCESS_TOKEN) {
  private readonly isFresh = freshness(Date.now);

  constructor(
    private readonly reflector: Reflector,
    private readonly directory: MemberDirectory,
    @Inject(SERVICE_CONFIG) private readonly config: GatewayConfig,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, [context.getHandler(), context.getClass()])) {
      return true;
    }
    await super.canActivate(context);
    const request = context.switchToHttp().getRequest<CallerRequest & { user: AccessTokenClaims }>();
    const claims = request.user;
    await this.checkBinding(request, claims);
    this.checkMember(claims);
    const scopes = claims.scope.split(' ').filter((scope) => scope !== '');
    request.caller = {
      clientId: claims.client_id,
      memberId: claims.member_id,
      purpose: claims.purpose_of_use as Purpose,
      scopes,
      address: request.raw.socket.remoteAddress ?? '',
      ...(claims.user === undefined ? {} : { userId: claims.user }),
    };
    request.authority = { purpose: request.caller.purpose, scopes: hopScopesOf(scopes) };
    return true;
  }

  /** Passport's verdict; its own errors name libraries, ours the reason. */
  override handleRequest<T>(error: unknown, user: T | false, info?: unknown): T {
    if (user !== false && !error) return user;
    const cause = error ?? info;
    if (cause instanceof TrustError) throw cause;
    throw new TrustError(reasonOf(cause), 'nothing', { cause });
  }

  private async checkBinding(request: CallerRequest, { cnf }: AccessTokenClaims): Promise<void> {
    const presented = tokenOf(request.headers.authorization);
    if (cnf?.jkt === undefined) {
      if (this.config.SENDER_CONSTRAINED === 'required') throw new TrustError('token-type', 'token');
      return;
    }
    const proof = request.headers['dpop'];
    if (presented?.scheme !== 'dpop' || typeof proof !== 'string') throw new TrustError('header-missing', 'token');
    await checkDpopProof(proof, {
      method: request.method,
      url: `${this.config.PUBLIC_URL}${request.url.split(/[?#]/, 1)[0] ?? ''}`,
      accessToken: presented.token,
      thumbprint: cnf.jkt,
      nowMs: Date.now(),
      isFresh: this.isFresh,
    });
  }

  private checkMember({ member_id: memberId, client_id: clientId }: AccessTokenClaims): void {
    // Who runs the exchange is no member, and can't be suspended by one.
    if (memberId === OPERATOR) return;
    const isKnown = this.directory.client(clientId)?.memberId === memberId;
    if (!isKnown || !this.directory.isActive(memberId)) throw new MemberSuspended();
  }
}

/** The token is good, but its member does not take part (any more). */
export class MemberSuspended extends Error {
  override readonly name = 'MemberSuspended';
  readonly code = 'member-suspended';
}

/** The library's own texts for the claims it compares; to the caller all of them are one answer, to the ledger they are not. */
const reasons = [
  [/^No auth token$/, 'header-missing'],
  [/^jwt audience invalid/, 'token-audience'],
  [/^jwt issuer invalid/, 'token-issuer'],
] as const satisfies readonly (readonly [RegExp, TrustErrorCode])[];

function reasonOf(cause: unknown): TrustErrorCode {
  const { name, message = '' } = (cause ?? {}) as { name?: string; message?: string };
  const known = reasons.find(([text]) => text.test(message));
  if (known !== undefined) return known[1];
  if (name === 'TokenExpiredError') return 'token-expired';
  return name === 'NotBeforeError' ? 'token-not-yet-valid' : 'token-signature-invalid';
}
