import type { Query } from '@hie/contracts';
import { digestOf } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import type { Caller } from '../edge/caller.js';
import { OutcomeError } from '../http/outcome-error.js';
import { Admission } from './admission.js';
import { OutgoingQuestions, type Question } from './outgoing-questions.js';
import { PendingQueries } from './pending-queries.js';
import { PendingQuery, type QueryTerms } from './pending-query.js';
import { RememberedQueries } from './remembered-queries.js';
import { TransactionTokens, requestDigestOf, transactionId } from './transaction.js';

export interface AskOptions {
  readonly caller: Caller;
  readonly deadlineMs: number;
  /** The same key with the same request is the same query, however often it is asked. */
  readonly idempotencyKey?: string;
}

/** A query on its way, or one that was asked before under the same key. */
export interface Asked {
  readonly query: PendingQuery;
  /** Then whoever shows what it holds has it judged first. */
  readonly isRepeat: boolean;
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
    private readonly remembered: RememberedQueries,
  ) {}

  /** @throws OutcomeError `idempotency-conflict` when the key was used for another request; `overloaded`. */
  async ask(query: Query, options: AskOptions): Promise<Asked> {
    const { caller } = options;
    const txn = transactionId(caller, options.idempotencyKey);
    const requestDigest = requestDigestOf(caller, query);
    const running = this.pending.find(txn);
    if (running !== undefined) return repeated(running, requestDigest);
    const { memberId, purpose } = caller;
    const deadlineMs = Date.now() + options.deadlineMs;
    await this.admission.enter({ memberId, purpose, deadlineMs });
    const asked = await this.askAdmitted(query, { ...options, txn, requestDigest, deadlineMs });
    if (asked !== undefined) return asked;
    // Asked before, and this process does not remember: it was restarted since, or another instance answers.
    const before = await this.remembered.recall(txn, (session) => checkSame(session, requestDigest));
    if (before === undefined) throw new OutcomeError('service-unavailable');
    return { query: before, isRepeat: true };
  }

  /** Asks with a place taken, and sees to it that the place is given back. @returns `undefined` where it was asked before. */
  private async askAdmitted(query: Query, terms: AdmittedTerms): Promise<Asked | undefined> {
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
      if (twin !== undefined) return repeated(twin, requestDigest);
      const { memberId, address } = caller;
      const asked = new PendingQuery({ txn, memberId, requestDigest, deadlineMs, address });
      // Known before it leaves: the answer may come before the commit has returned.
      this.pending.add(asked);
      isOnItsWay = await this.send(asked, { token, claims, query: text, requestDigest });
      if (isOnItsWay) this.admission.leaveWith(asked);
      else this.pending.remove(txn);
      return isOnItsWay ? { query: asked, isRepeat: false } : undefined;
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

function repeated(query: PendingQuery, requestDigest: string): Asked {
  checkSame(query, requestDigest);
  return { query, isRepeat: true };
}

function checkSame(before: Pick<QueryTerms, 'requestDigest'>, requestDigest: string): void {
  if (before.requestDigest !== requestDigest) throw new OutcomeError('idempotency-conflict');
}
