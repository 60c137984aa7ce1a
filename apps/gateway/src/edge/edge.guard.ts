import { TrustError, type TrustErrorCode } from '@hie/purpose-of-use';
import { MemberDirectory, PUBLIC, SERVICE_CONFIG, clientCertificateOf, peerOf } from '@hie/service-kit';
import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';

import type { GatewayConfig } from '../gateway.config.js';
import { OutcomeError } from '../http/outcome-error.js';
import { ACCESS_TOKEN, tokenOf } from './access-token.strategy.js';
import { type CallerRequest, hopScopesOf } from './caller.js';
import { checkMember } from './check-member.js';
import { checkDpopProof, freshness } from './dpop-proof.js';
import { SelfRegisteredClients } from './self-registered-clients.js';
import { checkCertificate } from './token-binding.js';
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
    private readonly selfRegistered: SelfRegisteredClients,
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
    const { binding: _bound, clientKey: _key, ...subject } = request.user;
    await this.checkBinding(request, request.user);
    checkMember(this.directory, this.selfRegistered, request.user);
    request.caller = { ...subject, requestId: request.id, ...peerOf(request.raw.socket) };
    request.authority = { purpose: subject.purpose, scopes: hopScopesOf(subject.scopes) };
    return true;
  }

  /** Passport's verdict; its own errors name libraries, ours the reason. */
  override handleRequest<T>(error: unknown, user: T | false, info?: unknown): T {
    if (user !== false && !error) return user;
    const cause = error ?? info;
    // Whose key could not be looked for is accused of nothing.
    if (cause instanceof TrustError || cause instanceof OutcomeError) throw cause;
    throw new TrustError(reasonOf(cause), 'nothing', { cause });
  }

  private async checkBinding(request: CallerRequest, { binding, person }: TokenSubject): Promise<void> {
    const presented = tokenOf(request.headers.authorization);
    // People's browsers hold keys and no certificates: a person's token is bound by proofs, whatever systems may do.
    if (person !== undefined && binding?.by !== 'dpop') throw new TrustError('token-type', 'token');
    if (binding === undefined) {
      if (this.config.SENDER_CONSTRAINED === 'required') throw new TrustError('token-type', 'token');
      return;
    }
    if (binding.by === 'certificate') {
      if (presented?.scheme !== 'bearer') throw new TrustError('token-type', 'token');
      checkCertificate(clientCertificateOf(request.raw.socket, Date.now()), binding.thumbprint);
      return;
    }
    const proof = request.headers['dpop'];
    if (presented?.scheme !== 'dpop' || typeof proof !== 'string') throw new TrustError('header-missing', 'token');
    await checkDpopProof(proof, {
      method: request.method,
      url: `${this.config.PUBLIC_URL}${request.url.split(/[?#]/, 1)[0] ?? ''}`,
      accessToken: presented.token,
      thumbprint: binding.thumbprint,
      nowMs: Date.now(),
      isFresh: this.isFresh,
    });
  }
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
