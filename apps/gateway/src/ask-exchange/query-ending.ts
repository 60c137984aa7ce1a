import { answerSchema } from '@hie/contracts';
import { AuditTrail } from '@hie/messaging';
import { Injectable } from '@nestjs/common';

import { AnswerRelease } from './answer-release.js';
import { PendingQuery, type QueryTerms, askerOf } from './pending-query.js';
import { SessionStore, type StoredSession } from './session.store.js';

/** Ends queries, and goes on with those that a restart interrupted. */
@Injectable()
export class QueryEnding {
  constructor(
    private readonly sessions: SessionStore,
    private readonly trail: AuditTrail,
    private readonly release: AnswerRelease,
  ) {}

  /** At the deadline: with what was released, or as failed, and then the ledger says so. */
  async expire(query: PendingQuery): Promise<void> {
    query.expire();
    if (query.released.length > 0) return;
    if (await this.sessions.fail(query.txn)) await this.recordFailure(query, 'deadline-passed');
  }

  async recordFailure(query: Pick<QueryTerms, 'txn' | 'memberId' | 'address'>, reason: string): Promise<void> {
    const circumstances = { txn: query.txn, requester: askerOf(query) };
    await this.trail.record({ action: 'query.failed', outcome: 'failed', reason }, circumstances);
  }

  /** A query of before, with the stages whose receipts are held; none of them is released yet. */
  async restore(session: StoredSession): Promise<PendingQuery> {
    const query = new PendingQuery(session);
    for (const { answer, basis, digest, receipt } of await this.sessions.answersOf(session.txn, session.memberId)) {
      query.addAnswer({ answer: answerSchema.parse(JSON.parse(answer)), digest, basis, more: true });
      if (receipt !== null) query.addReceipt(digest, receipt);
    }
    return query;
  }

  /** A query of before, as its asker may read it now. @throws OutcomeError `service-unavailable`. */
  async reopen(session: StoredSession): Promise<PendingQuery> {
    const query = await this.restore(session);
    await this.release.review(query);
    if (session.state === 'failed') query.end('deadline-passed');
    else if (session.deadlineMs <= Date.now()) query.expire();
    return query;
  }

  /** A query that this process remembers, before it is shown again. @throws OutcomeError `service-unavailable`. */
  async readAgain(query: PendingQuery): Promise<PendingQuery> {
    await this.release.review(query);
    return query;
  }

  /** Goes on with a query that a restart interrupted. */
  resume(query: PendingQuery): void {
    this.release.settle(query);
  }
}
