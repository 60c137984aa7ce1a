import type { Query } from '@hie/contracts';
import { digestOf } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import type { Caller } from '../edge/caller.js';
import { OutcomeError } from '../http/outcome-error.js';
import { Admission } from './admission.js';
import { OutgoingQuestions, type Question } from './outgoing-questions.js';
import { PendingQueries } from './pending-queries.js';
import { PendingQuery, type QueryFailure, type ReleasedStage, lastStage } from './pending-query.js';
import { QueryEnding } from './query-ending.js';
import { SessionStore } from './session.store.js';
import { TransactionTokens, requestDigestOf, transactionId } from './transaction.js';

export interface AskOptions {
  readonly caller: Caller;
  readonly deadlineMs: number;
  /** The same key with the same request is the same query, however often it is asked. */
  readonly idempotencyKey?: string;
}

interface AdmittedTerms extends AskOptions {
  readonly txn: string;
  readonly requestDigest: string;
}

/**
 * Sends a query on its way: one transaction, one purpose, one commit of session, question and ledger entry.
 *
 * The question leaves once it is stored; from then on the query ends with an answer or as failed, whatever becomes of this process.
 */
@Injectable()
export class AskExchange {
  constructor(
    private readonly admission: Admission,
    private readonly tokens: TransactionTokens,
    private readonly outgoing: OutgoingQuestions,
    private readonly pending: PendingQueries,
    private readonly sessions: SessionStore,
    private readonly ending: QueryEnding,
  ) {}

  /** @throws OutcomeError `idempotency-conflict` when the key was used for another request; `overloaded`. */
  async ask(query: Query, options: AskOptions): Promise<PendingQuery> {
    const { caller } = options;
    const txn = transactionId(caller, options.idempotencyKey);
    const requestDigest = requestDigestOf(caller, query);
    const running = this.pending.find(txn);
    if (running !== undefined) return this.ending.readAgain(same(running, requestDigest));
    const { memberId, purpose } = caller;
    const deadlineMs = Date.now() + options.deadlineMs;
    await this.admission.enter({ memberId, purpose, deadlineMs });
    const asked = await this.askAdmitted(query, { ...options, txn, requestDigest, deadlineMs });
    if (asked !== undefined) return asked;
    // Asked before, and this process does not remember: it was restarted since, or another instance answered.
    const session = await this.sessions.find(txn);
    if (session === undefined) throw new OutcomeError('service-unavailable');
    return same(await this.ending.reopen(session), requestDigest);
  }

  /**
   * Waits for the last stage of a query, and judges it anew: the one that is shown may have been released long before the wait ended.
   *
   * @throws OutcomeError `patient-unknown` when it may not be shown any more, `service-unavailable`.
   */
  async lastStage(query: PendingQuery): Promise<ReleasedStage | QueryFailure> {
    const stage = await lastStage(query);
    await this.ending.readAgain(query);
    if (typeof stage !== 'string' && !query.released.includes(stage)) throw new OutcomeError('patient-unknown');
    return stage;
  }

  /** Asks with a place taken, and sees to it that the place is given back. @returns `undefined` where it was asked before. */
  private async askAdmitted(query: Query, terms: AdmittedTerms): Promise<PendingQuery | undefined> {
    const { caller, txn, requestDigest, deadlineMs } = terms;
    let isOnItsWay = false;
    try {
      const text = JSON.stringify(query);
      const { token, claims } = await this.tokens.mint(caller, {
        txn,
        digest: digestOf(text),
        kinds: query.kinds,
        deadlineMs,
      });
      // Looked for once nothing is waited for any more: two that ask the same at once are one question.
      const twin = this.pending.find(txn);
      if (twin !== undefined) return await this.ending.readAgain(same(twin, requestDigest));
      const { memberId, address } = caller;
      const asked = new PendingQuery({ txn, memberId, requestDigest, deadlineMs, address });
      // Known before it leaves: the answer may come before the commit has returned.
      this.pending.add(asked, (query) => this.ending.expire(query));
      isOnItsWay = await this.send(asked, { token, claims, query: text, requestDigest });
      if (isOnItsWay) this.admission.leaveWith(asked);
      else this.pending.remove(txn);
      return isOnItsWay ? asked : undefined;
    } finally {
      if (!isOnItsWay) this.admission.withdraw(caller);
    }
  }

  /** A question that could not be stored is nobody's: whoever repeats it asks anew. */
  private async send({ txn }: PendingQuery, question: Question): Promise<boolean> {
    try {
      return await this.outgoing.send(question);
    } catch (error) {
      this.pending.remove(txn);
      throw error;
    }
  }
}

function same(query: PendingQuery, requestDigest: string): PendingQuery {
  if (query.requestDigest !== requestDigest) throw new OutcomeError('idempotency-conflict');
  return query;
}
