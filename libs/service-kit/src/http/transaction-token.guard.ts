import { type TokenVerifier, type TransactionClaims, TrustError } from '@hie/purpose-of-use';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { TOKEN_VERIFIER } from '../exchange/tokens.js';
import { TXN_TOKEN_HEADER, requestDigest } from './forwarded-request.js';
import { type AuthorisedRequest, authorityOf } from './purpose.guard.js';
import { PUBLIC } from './serves.js';

export type ForwardedRequest = FastifyRequest & AuthorisedRequest & { claims?: TransactionClaims; rawBody?: Buffer };

/** What the transaction token says of the request. @throws RangeError where a handler ran without {@link TransactionTokenGuard}. */
export function claimsOf({ claims }: Pick<ForwardedRequest, 'claims'>): TransactionClaims {
  if (claims === undefined) throw new RangeError('A handler ran without the transaction token’s guard.');
  return claims;
}

/**
 * Lets in what the gateway forwards and nothing else: its certificate on the connection, and a transaction token minted for
 * exactly this request.
 */
@Injectable()
export class TransactionTokenGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(TOKEN_VERIFIER) private readonly tokens: TokenVerifier,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, [context.getHandler(), context.getClass()])) {
      return true;
    }
    const request = context.switchToHttp().getRequest<ForwardedRequest>();
    if (peerName(request.raw.socket) !== 'gateway') throw new TrustError('producer-not-allowed', 'nothing');
    const token = request.headers[TXN_TOKEN_HEADER];
    if (typeof token !== 'string') throw new TrustError('header-missing', 'nothing');
    const claims = this.tokens.verify(token);
    if (claims.tctx.qh !== requestDigest(request.method, request.url, request.rawBody ?? '')) {
      throw new TrustError('token-other-message', 'token');
    }
    request.claims = claims;
    request.authority = authorityOf(claims);
    return true;
  }
}

/** The CN of the peer's certificate, when it descends from our authority. */
export function peerName(connection: Socket): string | undefined {
  const socket = connection as TLSSocket;
  if (!socket.authorized) return undefined;
  const { CN } = socket.getPeerCertificate().subject;
  return typeof CN === 'string' ? CN : undefined;
}
