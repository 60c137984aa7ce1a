import { randomUUID } from 'node:crypto';

import type { AuditReceipt } from '@hie/contracts';
import { type AuditFacts, AuditTrail } from '@hie/messaging';
import { Injectable } from '@nestjs/common';

import { type Caller, requesterOf } from '../edge/caller.js';
import { OutcomeError } from '../http/outcome-error.js';
import { AnswerRelease } from './answer-release.js';
import type { PendingQuery, ReleasedStage } from './pending-query.js';

/** How long who reads again waits for the ledger's receipt, ms. */
const RECEIPT_WITHIN_MS = 2_000;

/** How an answer is read once more: under the query's URL, as its stream of events, or by asking the same again. */
export type ReadAs = 'query' | 'events' | 'repeat';

/**
 * Shows what is held of an answer to somebody once more, and the ledger has it before that they read it.
 *
 * A reading is a disclosure of its own, so it waits for its receipt as the first one did: no receipt, no data.
 */
@Injectable()
export class AnswerReadings {
  private readonly awaited = new Map<string, () => void>();

  constructor(
    private readonly release: AnswerRelease,
    private readonly trail: AuditTrail,
  ) {}

  /**
   * @returns the stages that may be shown now. Where there are none yet, a reading of the query shows nothing and is no entry; events and a
   *   repeated question show what is still to come.
   * @throws OutcomeError `service-unavailable` when it can not be known what may be shown, `no-receipt`.
   */
  async read(query: PendingQuery, reader: Caller, as: ReadAs): Promise<readonly ReleasedStage[]> {
    await this.release.review(query);
    const shown = [...query.released];
    if (shown.length === 0 && as === 'query') return [];
    await this.tell(query, reader, factsOf(shown, as));
    // The receipt may have taken longer than a judgement holds.
    await this.release.review(query);
    return shown.filter((stage) => query.released.includes(stage));
  }

  /** The ledger's word, for whoever waits for it here. */
  acknowledge({ eventId }: Pick<AuditReceipt, 'eventId'>): void {
    this.awaited.get(eventId)?.();
  }

  private async tell({ txn }: PendingQuery, reader: Caller, facts: AuditFacts): Promise<void> {
    const { purpose, address } = reader;
    const requester = { ...requesterOf(reader), ...(address === undefined ? {} : { address }) };
    const eventId = randomUUID();
    // Waited for before it is told: the receipt may come before the commit has returned.
    const receipt = this.receiptOf(eventId);
    try {
      await this.trail.record(facts, { eventId, txn, purpose, requester });
      await receipt.came;
    } finally {
      receipt.forget();
    }
  }

  private receiptOf(eventId: string) {
    const { promise: came, resolve, reject } = Promise.withResolvers<undefined>();
    // It may be over before anybody waits for it.
    came.catch(() => undefined);
    const timer = setTimeout(() => reject(new OutcomeError('no-receipt')), RECEIPT_WITHIN_MS);
    this.awaited.set(eventId, () => resolve(undefined));
    const forget = (): void => {
      clearTimeout(timer);
      this.awaited.delete(eventId);
    };
    return { came, forget };
  }
}

function factsOf(shown: readonly ReleasedStage[], as: ReadAs): AuditFacts {
  const disclosed = shown.filter(({ answer }) => answer.outcome === 'answered');
  const personId = disclosed.at(-1)?.answer.personId;
  return {
    action: 'answer.read',
    outcome: shown.length > 0 && disclosed.length === 0 ? 'empty' : 'success',
    // Not the event's own digest: a receipt over that one releases an answer.
    details: { as, stages: shown.map(({ answer }) => answer.stage), digests: shown.map(({ digest }) => digest) },
    receiptWanted: true,
    ...(personId === undefined ? {} : { personId }),
  };
}
