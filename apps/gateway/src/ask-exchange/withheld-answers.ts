import type { Answer } from '@hie/contracts';
import { type AuditFacts, AuditTrail, AuditWriter, OutboxRelay } from '@hie/messaging';
import { GroupCommitter } from '@hie/persistence';
import { digestOf } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import { type PendingQuery, type WithheldStage, askerOf } from './pending-query.js';
import { SessionStore, holdAnswers } from './session.store.js';

/** What becomes of an answer that was assembled and may not leave. */
@Injectable()
export class WithheldAnswers {
  constructor(
    private readonly sessions: SessionStore,
    private readonly writer: AuditWriter,
    private readonly trail: AuditTrail,
    private readonly committer: GroupCommitter,
    private readonly relay: OutboxRelay,
  ) {}

  /**
   * Puts in its place an answer that discloses nothing: the same as any denial, with a receipt of its own over the entry that says why.
   *
   * Entry and answer are one commit; it is released as every answer is, when the ledger's receipt has come.
   */
  async replace(query: PendingQuery, withheld: WithheldStage): Promise<void> {
    const { txn, memberId } = query;
    const { stage, more } = { stage: withheld.stage.answer.stage, more: withheld.stage.more };
    const answer: Answer = {
      ...{ txn, stage, outcome: 'not-disclosed', candidates: [], coverage: [] },
      assembledAt: new Date().toISOString(),
    };
    const text = JSON.stringify(answer);
    const digest = digestOf(text);
    const part = `withheld:${withheld.stage.digest}`;
    const row = await this.sessions.seal({ txn, part, memberId, digest, answer: text, more });
    const facts = { ...factsOf(withheld), digest, receiptWanted: true };
    const { record } = await this.writer.write(facts, { txn, requester: askerOf(query) });
    query.addAnswer({ answer, digest, more });
    const unit = { msgId: txn, part, topic: 'release', partition: 0, offset: '0', outputs: [record] };
    const acceptance = await this.committer.commit(unit, { write: holdAnswers, value: row });
    if (acceptance === 'fresh') void this.relay.handOff([record]);
  }

  /** Tells the ledger of a stage that was asked for again and not shown. */
  tell(query: PendingQuery, withheld: WithheldStage): Promise<void> {
    return this.trail.record(factsOf(withheld), { txn: query.txn, requester: askerOf(query) });
  }
}

const factsOf = ({ stage: { answer, digest }, reason }: WithheldStage): AuditFacts => ({
  action: 'answer.withheld',
  outcome: 'denied',
  reason,
  details: { stage: answer.stage, withheld: digest },
  ...(answer.personId === undefined ? {} : { personId: answer.personId }),
});
