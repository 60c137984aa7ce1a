import {
  type Answer,
  type AnswerAssembled,
  type AuditReceipt,
  answerAssembled,
  answerSchema,
  auditReceiptIssued,
} from '@hie/contracts';
import { Consumes, type HopResult, type Received, effect } from '@hie/messaging';
import { digestOf, hopScopes } from '@hie/purpose-of-use';
import { Serves } from '@hie/service-kit';
import { Controller } from '@nestjs/common';

import { AnswerReadings } from './answer-readings.js';
import { AnswerRelease } from './answer-release.js';
import { PendingQueries } from './pending-queries.js';
import { SessionStore, holdAnswers, noteReceipts } from './session.store.js';

const nothing: Pick<HopResult, 'emit' | 'audit'> = { emit: [], audit: [] };

/**
 * The way back: answers and receipts, each instance sees all and keeps its own.
 *
 * An answer is stored before it counts. A receipt releases at once where nothing changed since the decision, and its offset is committed only when the release is stored: a
 * crash between the two delivers it again.
 */
@Controller()
export class AnswersConsumer {
  constructor(
    private readonly pending: PendingQueries,
    private readonly sessions: SessionStore,
    private readonly release: AnswerRelease,
    private readonly readings: AnswerReadings,
  ) {}

  @Consumes(answerAssembled, { delivery: 'broadcast' })
  @Serves({ purposes: ['TREAT', 'ETREAT', 'COC', 'BTG', 'PATRQT'], scopes: [hopScopes.match, hopScopes.retrieve] })
  async onAnswerAssembled({ body, commit, delivery }: Received<AnswerAssembled>): Promise<void> {
    const query = this.pending.find(body.txn);
    if (query === undefined) return;
    this.release.prepare();
    const { basis, more } = body;
    const digest = digestOf(body.answer);
    const answer: Answer = answerSchema.parse(JSON.parse(body.answer));
    const part = `${body.stage}:${delivery.msgId}`;
    const { txn, memberId } = query;
    const row = await this.sessions.seal({ txn, part, memberId, digest, answer: body.answer, basis, more });
    await commit('main', { ...nothing, effect: effect(holdAnswers, row) });
    query.addAnswer({ answer, digest, more, basis });
    this.release.settle(query);
  }

  @Consumes(auditReceiptIssued, { delivery: 'broadcast' })
  async onReceiptIssued({ body, commit }: Received<AuditReceipt>): Promise<void> {
    this.readings.acknowledge(body);
    const { txn, digest } = body;
    const query = txn === undefined ? undefined : this.pending.find(txn);
    if (query === undefined || digest === undefined) return;
    query.addReceipt(digest, body);
    this.release.settle(query);
    await commit('main', { ...nothing, effect: effect(noteReceipts, body) });
  }
}
