import { OPERATOR } from '@hie/contracts';
import { TrustError, type TrustErrorCode } from '@hie/purpose-of-use';
import { MemberDirectory, PUBLIC, SERVICE_CONFIG } from '@hie/service-kit';
import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';

import type { GatewayConfig } from '../gateway.config.js';
import { ACCESS_TOKEN, tokenOf } from './access-token.strategy.js';
import { type CallerRequest, hopScopesOf } from './caller.js';
import { checkDpopProof, freshness } from './dpop-proof.js';
import type { TokenSubject } from './token-subject.js';

/**
 * The edge: an access token by a provider that is believed, held by whoever it is bound to, of a member that takes part today.
 *
 * Sets `caller` and `authority`; whether the route serves the purpose is `PurposeGuard`'s to say, and whether it serves a
 * person `PersonGuard`'s.
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
    const request = context.switchToHttp().getRequest<CallerRequest & { user: TokenSubject }>();
    const { thumbprint: _bound, clientKey: _key, ...subject } = request.user;
    await this.checkBinding(request, request.user);
    this.checkMember(request.user);
    request.caller = { ...subject, address: request.raw.socket.remoteAddress ?? '' };
    request.authority = { purpose: subject.purpose, scopes: hopScopesOf(subject.scopes) };
    return true;
  }

  /** Passport's verdict; its own errors name libraries, ours the reason. */
  override handleRequest<T>(error: unknown, user: T | false, info?: unknown): T {
    if (user !== false && !error) return user;
    const cause = error ?? info;
    if (cause instanceof TrustError) throw cause;
    throw new TrustError(reasonOf(cause), 'nothing', { cause });
  }

  private async checkBinding(request: CallerRequest, { thumbprint, person }: TokenSubject): Promise<void> {
    const presented = tokenOf(request.headers.authorization);
    if (thumbprint === undefined) {
      // A person's token is never taken unbound, whatever systems may do.
      if (this.config.SENDER_CONSTRAINED === 'required' || person !== undefined)
        throw new TrustError('token-type', 'token');
      return;
    }
    const proof = request.headers['dpop'];
    if (presented?.scheme !== 'dpop' || typeof proof !== 'string') throw new TrustError('header-missing', 'token');
    await checkDpopProof(proof, {
      method: request.method,
      url: `${this.config.PUBLIC_URL}${request.url.split(/[?#]/, 1)[0] ?? ''}`,
      accessToken: presented.token,
      thumbprint,
      nowMs: Date.now(),
      isFresh: this.isFresh,
    });
  }

  private checkMember({ memberId, clientId, clientKey, person }: TokenSubject): void {
    // Who runs the exchange is no member, and can't be suspended by one.
    if (memberId === OPERATOR) return;
    if (!this.directory.isActive(memberId)) throw new MemberSuspended();
    // People come through a client of the exchange's, or of their provider's: it is registered with no member.
    if (person !== undefined) return;
    const client = this.directory.client(clientId);
    if (client?.memberId !== memberId) throw new MemberSuspended();
    // A key that was withdrawn may be in other hands, and so may the tokens that were got with it.
    if (clientKey === undefined || !client.keys.has(clientKey)) throw new TrustError('client-key-unknown', 'token');
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
