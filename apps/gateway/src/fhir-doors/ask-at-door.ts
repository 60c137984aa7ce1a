import { type Query, type RecordKind, recordKinds } from '@hie/contracts';
import { SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';

import { AnswerReadings } from '../ask-exchange/answer-readings.js';
import { AnswerRelease } from '../ask-exchange/answer-release.js';
import { AskExchange } from '../ask-exchange/ask-exchange.js';
import { readDeadlineMs } from '../ask-exchange/deadline.js';
import { type PendingQuery, type QueryFailure, type ReleasedStage, lastStage } from '../ask-exchange/pending-query.js';
import { grantedKinds } from '../ask-exchange/transaction.js';
import { type CallerRequest, callerOf, requesterOf } from '../edge/caller.js';
import { PatientHandles } from '../edge/patient-handle.js';
import type { GatewayConfig } from '../gateway.config.js';
import { OutcomeError } from '../http/outcome-error.js';

const MAX_KEY_LENGTH = 128;

/** What all doors do with a request before it is a query: its deadline, its idempotency key. */
@Injectable()
export class AskAtDoor {
  constructor(
    private readonly exchange: AskExchange,
    private readonly release: AnswerRelease,
    private readonly readings: AnswerReadings,
    private readonly handles: PatientHandles,
    @Inject(SERVICE_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @throws OutcomeError `invalid-deadline`, `invalid-parameter` for a key that is too long, `idempotency-conflict`. */
  async ask(question: Query, request: CallerRequest, idempotencyKey = keyOf(request)): Promise<PendingQuery> {
    const deadlineMs = readDeadlineMs(request.headers, this.config.DEFAULT_DEADLINE_MS);
    if (deadlineMs === undefined) throw new OutcomeError('invalid-deadline');
    const caller = callerOf(request);
    const { query, isRepeat } = await this.exchange.ask(question, {
      caller,
      deadlineMs,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    if (isRepeat) await this.readings.read(query, caller, 'repeat');
    return query;
  }

  /**
   * Waits for the last stage of a query, and judges it anew: the one that is shown may have been released long before the wait ended.
   *
   * @throws OutcomeError `patient-unknown` when it may not be shown any more, `service-unavailable`.
   */
  async lastStage(query: PendingQuery): Promise<ReleasedStage | QueryFailure> {
    const stage = await lastStage(query);
    await this.release.review(query);
    if (typeof stage !== 'string' && !query.released.includes(stage)) throw new OutcomeError('patient-unknown');
    return stage;
  }

  /**
   * Asks about the patient of a handle. A handle that was never given out opens to an id that nobody has, and takes the same way.
   *
   * @throws OutcomeError `patient-unknown` where it has not even the form of one, `insufficient-scope` where no kind is covered.
   */
  askAbout(
    handle: string,
    asked: Pick<Query, 'operation' | 'stages'> & { readonly kinds: readonly RecordKind[] },
    request: CallerRequest,
  ): Promise<PendingQuery> {
    const caller = callerOf(request);
    const kinds = grantedKinds(
      caller,
      recordKinds.filter((kind) => asked.kinds.includes(kind)),
    );
    if (kinds.length === 0) throw new OutcomeError('insufficient-scope');
    const personId = this.handles.open(handle, caller.memberId);
    if (personId === undefined) throw new OutcomeError('patient-unknown');
    return this.ask({ ...asked, kinds, patient: { personId }, requester: requesterOf(caller) }, request);
  }
}

function keyOf({ headers }: CallerRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || key.length > MAX_KEY_LENGTH) throw new OutcomeError('invalid-parameter');
  return key;
}
