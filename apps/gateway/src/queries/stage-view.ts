import type { Answer, AuditReceipt, CoverageRow } from '@hie/contracts';
import { type Card, type LateChange, type MergedRecord, arrivalCards, lateCards, mergeRecords } from '@hie/fhir';

import type { ReleasedStage } from '../ask-exchange/pending-query.js';

/** One stage of an answer as a caller reads it. */
export interface StageView {
  readonly stage: Answer['stage'];
  readonly outcome: Answer['outcome'];
  readonly cards: readonly Card[];
  /** One row for each custodian that may be named. */
  readonly coverage: readonly CoverageRow[];
  readonly receipt: ReceiptView;
  readonly assembledAt: string;
}

/** What proves, offline, that the ledger held this answer's digest before it was released. */
export interface ReceiptView extends Pick<
  AuditReceipt,
  'eventId' | 'shard' | 'index' | 'leafHash' | 'opening' | 'proof' | 'checkpoint'
> {
  /** SHA-256 (base64url) of the answer as it was assembled. */
  readonly digest: string;
  /** The newest checkpoint that the members’ witnesses had cosigned: keep it, it tells if the log is rewritten later. */
  readonly cosigned?: string;
}

export interface ViewContext {
  /** Absolute URL of the query. */
  readonly queryUrl: string;
  readonly sourceUrl: string;
  /** Names to UUIDs, the requesting member's own. */
  readonly uuidOf: (name: string) => string;
}

const SOURCE_LABEL = 'Health information exchange';

/** The record of an answer; an empty one where nothing was disclosed. */
export const recordOf = ({ clinical }: Answer): MergedRecord =>
  (clinical as MergedRecord | undefined) ?? mergeRecords([]);

/** Makes what a caller sees of a released stage. Pure: the same stage always has the same cards. */
export function stageView({ answer, digest, receipt }: ReleasedStage, context: ViewContext): StageView {
  const cardContext = {
    record: recordOf(answer),
    coverage: answer.coverage,
    queryUrl: context.queryUrl,
    source: { label: SOURCE_LABEL, url: context.sourceUrl },
    receipt: { index: receipt.index },
    uuidOf: context.uuidOf,
  };
  const cards =
    answer.stage === 'late'
      ? lateCards(cardContext, (answer.changes ?? []) as LateChange[])
      : arrivalCards(cardContext);
  return {
    stage: answer.stage,
    outcome: answer.outcome,
    cards,
    coverage: answer.coverage,
    receipt: receiptView(digest, receipt),
    assembledAt: answer.assembledAt,
  };
}

export const receiptView = (digest: string, receipt: AuditReceipt): ReceiptView => ({
  digest,
  eventId: receipt.eventId,
  ...(receipt.shard === undefined ? {} : { shard: receipt.shard }),
  index: receipt.index,
  leafHash: receipt.leafHash,
  opening: receipt.opening,
  proof: receipt.proof,
  checkpoint: receipt.checkpoint,
  ...(receipt.cosigned === undefined ? {} : { cosigned: receipt.cosigned }),
});
