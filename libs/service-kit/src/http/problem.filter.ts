import { TrustError } from '@hie/purpose-of-use';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  ServiceUnavailableException,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PinoLogger } from 'nestjs-pino';
import { type Observable, throwError } from 'rxjs';

import { DoorRefusals } from './door-refusals.js';
import { ATTEMPT_HEADER } from './forwarded-request.js';
import type { ForwardedRequest } from './transaction-token.guard.js';

/** A refusal an owner service makes on purpose; the gateway turns the code into what its door speaks. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly retry = 'never';
  constructor(
    readonly code: string,
    readonly status: number,
    /** What was tried, for the ledger alone: the answer is the same as where there is nothing. */
    readonly attempt?: 'person-of-another' | 'notice-of-another',
  ) {
    super(code);
  }
}

/**
 * How an owner service answers an error: a status and a stable code, nothing of the error itself (RFC 9457). What is refused for trust is
 * told the ledger.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: PinoLogger,
    private readonly refusals: DoorRefusals,
  ) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> | undefined {
    // A message's failure is for the pipeline to classify; Nest's own filter would turn it into a nameless one.
    if (host.getType() === 'rpc') return throwError(() => error);
    const { status, code } = problemOf(error);
    // A service that says it is not ready yet has not failed, and is asked ten times a second.
    const isUnready = error instanceof ServiceUnavailableException;
    if (status >= 500 && !isUnready) this.logger.error({ err: error }, 'request failed');
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (error instanceof Refusal && error.attempt !== undefined) void reply.header(ATTEMPT_HEADER, error.attempt);
    void reply.status(status).type('application/problem+json').send({ type: 'about:blank', status, code });
    this.refusals.note(error, http.getRequest<ForwardedRequest>());
    return undefined;
  }
}

function problemOf(error: unknown): { readonly status: number; readonly code: string } {
  if (error instanceof Refusal) return error;
  if (error instanceof TrustError) return { status: isAuthentication(error) ? 401 : 403, code: error.code };
  if (error instanceof HttpException) return { status: error.getStatus(), code: codeOfStatus(error.getStatus()) };
  const { statusCode } = error as { statusCode?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, code: codeOfStatus(statusCode) };
  }
  return { status: 500, code: 'internal' };
}

const isAuthentication = (error: TrustError): boolean =>
  error.code.startsWith('token-') || error.code === 'header-missing' || error.code === 'producer-not-allowed';

const codeOfStatus = (status: number): string =>
  ({ 400: 'invalid', 403: 'forbidden', 404: 'not-found', 413: 'too-large', 415: 'unsupported-media-type' })[status] ??
  'refused';
