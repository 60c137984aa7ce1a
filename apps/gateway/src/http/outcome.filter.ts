import {
  type OutcomeCode,
  type OutcomeDetail,
  type UndisclosedReason,
  operationOutcome,
  outcomeStatus,
  outcomes,
} from '@hie/fhir';
import { classify } from '@hie/messaging';
import { PERSON_ACR, STEP_UP_MAX_AGE_S, TrustError, type TrustErrorCode } from '@hie/purpose-of-use';
import { PinoLogger } from '@hie/service-kit';
import { activeTraceId } from '@hie/telemetry';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Observable, throwError } from 'rxjs';

import type { CallerRequest } from '../edge/caller.js';
import { MemberSuspended } from '../edge/check-member.js';
import { FHIR_JSON } from '../fhir-doors/fhir-json.js';
import { OwnerProblem } from '../forward/owner-problem.js';
import { OutcomeError } from './outcome-error.js';
import { RefusalRecorder } from './refusal-recorder.js';

type AnyCode = OutcomeCode | UndisclosedReason;

/** How a refusal of `@hie/purpose-of-use` is told at a door; every other code of it means that the token is no good. */
const trustCodes: Partial<Record<TrustErrorCode, AnyCode>> = {
  'purpose-missing': 'purpose-missing',
  'purpose-unknown': 'purpose-unknown',
  'purpose-ambiguous': 'purpose-unknown',
  'purpose-not-served': 'purpose-not-granted',
  'scope-missing': 'insufficient-scope',
  'handler-undeclared': 'insufficient-scope',
  'person-required': 'person-required',
  'person-not-served': 'insufficient-scope',
  'role-missing': 'insufficient-scope',
  'assurance-too-low': 'stronger-sign-in-required',
  'sign-in-too-old': 'stronger-sign-in-required',
  'step-up-required': 'stronger-sign-in-required',
};

const httpCodes: Readonly<Record<number, AnyCode>> = {
  400: 'invalid-json',
  403: 'insufficient-scope',
  404: 'unknown-interaction',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  413: 'body-too-large',
  415: 'unsupported-media-type',
  422: 'unprocessable-resource',
  429: 'too-many-requests',
  503: 'service-unavailable',
};

/** RFC 9470: what a client asks the provider for, to come back with. */
const STEP_UP_CHALLENGE = `DPoP error="insufficient_user_authentication", acr_values="${PERSON_ACR}", max_age="${STEP_UP_MAX_AGE_S}"`;

/** The one place where anything becomes an HTTP answer with an OperationOutcome; what is refused for trust is told the ledger. */
@Catch()
export class OutcomeFilter implements ExceptionFilter {
  constructor(
    private readonly logger: PinoLogger,
    private readonly refusals: RefusalRecorder,
  ) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> | undefined {
    if (host.getType() === 'rpc') return throwError(() => error);
    const http = host.switchToHttp();
    const request = http.getRequest<CallerRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (error instanceof OwnerProblem && !request.url.startsWith('/fhir')) {
      void reply.status(error.status).type('application/problem+json').send(error.problem);
      this.refusals.note(error, error.code, request);
      return undefined;
    }
    const { code, detail } = outcomeOf(error);
    if (code === 'internal-error') this.logger.error({ err: error }, 'request failed');
    const traceId = activeTraceId();
    if (code === 'overloaded' || code === 'service-unavailable') void reply.header('retry-after', '1');
    // Fastify would close a connection that is still being written to, and the caller read nothing of this.
    if (code === 'body-too-large') reply.removeHeader('connection');
    if (code === 'not-authenticated') void reply.header('www-authenticate', 'DPoP, Bearer');
    if (code === 'stronger-sign-in-required') void reply.header('www-authenticate', STEP_UP_CHALLENGE);
    void reply
      .status(outcomeStatus(code))
      .type(FHIR_JSON)
      .send(operationOutcome(code, { ...detail, ...(traceId === undefined ? {} : { traceId }) }));
    // After the answer, whose time must not tell what the ledger is told.
    this.refusals.note(error, code, request);
    return undefined;
  }
}

function outcomeOf(error: unknown): { readonly code: AnyCode; readonly detail: OutcomeDetail } {
  if (error instanceof OutcomeError) return error;
  return { code: codeOf(error), detail: {} };
}

function codeOf(error: unknown): AnyCode {
  if (error instanceof TrustError) return trustCodes[error.code] ?? 'not-authenticated';
  if (error instanceof MemberSuspended) return 'member-suspended';
  if (error instanceof OwnerProblem)
    return isOutcome(error.code) ? error.code : (httpCodes[error.status] ?? 'internal-error');
  if (error instanceof HttpException) return httpCodes[error.getStatus()] ?? 'internal-error';
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return 'invalid-json';
  if (typeof statusCode === 'number' && statusCode < 500) return httpCodes[statusCode] ?? 'invalid-request';
  return classify(error) === 'outage' ? 'service-unavailable' : 'internal-error';
}

const isOutcome = (code: string): code is OutcomeCode => Object.hasOwn(outcomes, code);
