import { randomUUID } from 'node:crypto';

import { type Query, answerSchema, queryRequested } from '@hie/contracts';
import { AuditTrail, AuditWriter, MessageWriter, OutboxRelay } from '@hie/messaging';
import { GroupCommitter } from '@hie/persistence';
import { digestOf } from '@hie/purpose-of-use';
import { SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';

import type { Caller } from '../edge/caller.js';
import type { GatewayConfig } from '../gateway.config.js';
import { OutcomeError } from '../http/outcome-error.js';
import { PendingQueries } from './pending-queries.js';
import { PendingQuery } from './pending-query.js';
import { SessionStore, type StoredSession, insertSessions } from './session.store.js';
import { TransactionTokens, requestDigestOf, transactionId } from './transaction.js';

export interface AskOptions {
  readonly caller: Caller;
  readonly deadlineMs: number;
  /** The same key with the same request is the same query, however often it is asked. */
  readonly idempotencyKey?: string;
  readonly requestId?: string;
}

/**
 * Sends a query on its way: one transaction, one purpose, one commit of session, question and ledger entry.
 *
 * The question leaves once it is stored; from then on the query ends with an answer or as failed, whatever becomes of this process.
 */
@Injectable()
export class AskExchange {
  constructor(
    private readonly tokens: TransactionTokens,
    private readonly outgoing: OutgoingQuestions,
    private readonly pending: PendingQueries,
    private readonly sessions: SessionStore,
    private readonly ending: QueryEnding,
  ) {}

  /** @throws OutcomeError `idempotency-conflict` when the key was used for another request. */
  async ask(query: Query, options: AskOptions): Promise<PendingQuery> {
    const { caller } = options;
    const txn = transactionId(caller, options.idempotencyKey);
    const requestDigest = requestDigestOf(caller, query);
    const running = this.pending.find(txn);
    if (running !== undefined) return same(running, requestDigest);
    const deadlineMs = Date.now() + options.deadlineMs;
    const text = JSON.stringify(query);
    const { token, claims } = await this.tokens.mint(caller, {
      txn,
      digest: digestOf(text),
      kinds: query.kinds,
      deadlineMs,
      requestId: options.requestId ?? randomUUID(),
    });
    const asked = new PendingQuery({ txn, memberId: caller.memberId, requestDigest, deadlineMs });
    // Known before it leaves: the answer may come before the commit has returned.
    this.pending.add(asked, (query) => void this.ending.expire(query));
    if (await this.outgoing.send({ token, claims, query: text, requestDigest })) return asked;
    // Asked before, and this process does not remember: it was restarted since, or another instance answered.
    this.pending.remove(txn);
    const session = await this.sessions.find(txn);
    if (session === undefined) throw new OutcomeError('service-unavailable');
    return same(await this.ending.restore(session), requestDigest);
  }
}

function same(query: PendingQuery, requestDigest: string): PendingQuery {
  if (query.requestDigest !== requestDigest) throw new OutcomeError('idempotency-conflict');
  return query;
}

interface Question {
  readonly token: string;
  readonly claims: Awaited<ReturnType<TransactionTokens['mint']>>['claims'];
  readonly query: string;
  readonly requestDigest: string;
}

/** Stores a question with its session and its ledger entry in one commit, and hands them to the relay. */
@Injectable()
export class OutgoingQuestions {
  constructor(
    private readonly writer: MessageWriter,
    private readonly audit: AuditWriter,
    private readonly committer: GroupCommitter,
    private readonly relay: OutboxRelay,
    @Inject(SERVICE_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @returns whether the transaction is new. */
  async send({ token, claims, query, requestDigest }: Question): Promise<boolean> {
    const { txn, tctx, sub } = claims;
    const asked = await this.writer.writeWithin(queryRequested, { txn, query }, this.writer.begin(token, claims), {
      decision: 'asked',
    });
    const audited = await this.audit.write(
      {
        action: 'query.requested',
        outcome: 'success',
        details: { operation: operationOf(query), kinds: [...tctx.res] },
      },
      { claims, seals: [asked.sealDigest] },
    );
    const outputs = [asked.record, audited.record];
    const session = {
      txn,
      memberId: tctx.org,
      clientId: sub,
      purpose: tctx.purp,
      instance: this.config.HIE_INSTANCE,
      requestDigest,
      deadlineMs: tctx.deadline,
    };
    const unit = { msgId: txn, part: 'ask', topic: 'door', partition: 0, offset: '0', outputs };
    const acceptance = await this.committer.commit(unit, { write: insertSessions, value: session });
    if (acceptance === 'fresh') void this.relay.handOff(outputs);
    return acceptance === 'fresh';
  }
}

/** Ends queries, and goes on with those that a restart interrupted. */
@Injectable()
export class QueryEnding {
  constructor(
    private readonly sessions: SessionStore,
    private readonly trail: AuditTrail,
  ) {}

  /** At the deadline: with what was released, or as failed, and then the ledger says so. */
  async expire(query: PendingQuery): Promise<void> {
    query.expire();
    if (query.released.length > 0) return;
    if (await this.sessions.fail(query.txn)) await this.recordFailure(query.txn, query.memberId, 'deadline-passed');
  }

  async recordFailure(txn: string, memberId: string, reason: string): Promise<void> {
    await this.trail.record({ action: 'query.failed', outcome: 'failed', reason }, { txn, requester: { memberId } });
  }

  /** A query of before, with the stages whose receipts are held. */
  async restore(session: StoredSession): Promise<PendingQuery> {
    const query = new PendingQuery(session);
    for (const { answer, digest, receipt } of await this.sessions.answersOf(session.txn, session.memberId)) {
      query.addAnswer({ answer: answerSchema.parse(JSON.parse(answer)), digest, more: true });
      if (receipt !== null) query.addReceipt(digest, receipt);
    }
    if (session.state === 'failed') query.end('deadline-passed');
    else if (session.deadlineMs <= Date.now()) query.expire();
    return query;
  }
}

const operationOf = (query: string): string => (JSON.parse(query) as Query).operation;
