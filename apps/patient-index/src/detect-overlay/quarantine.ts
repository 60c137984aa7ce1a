import { Injectable } from '@nestjs/common';

import type { IdentityChanges } from '../identity-store/identity-changes.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { isStandIn } from '../identity-store/record-traits.js';
import { type OpenedRecord, SourceRecordRepository } from '../identity-store/source-record.repository.js';
import { type StoredRecord, matchRecordOf } from '../identity-store/stored-record.js';
import { openReview } from '../review-identities/open-review.js';
import type { ReviewEntity } from '../review-identities/review.entity.js';
import { ReviewRepository } from '../review-identities/review.repository.js';
import { suspectOverlay } from './detect-overlay.js';

/** Keeps a suspected overlay out of the index until a person has decided. */
@Injectable()
export class Quarantine {
  constructor(
    private readonly index: IdentityIndex,
    private readonly records: SourceRecordRepository,
    private readonly reviews: ReviewRepository,
  ) {}

  /**
   * Puts a record's new content aside if it seems to be another patient's. A second one takes the place of the first: the member has
   * corrected itself, or not, and a person sees the newest.
   *
   * @returns whether it was put aside.
   */
  async takes(changes: IdentityChanges, { entity, content }: OpenedRecord, next: StoredRecord): Promise<boolean> {
    const { recordId, memberId } = entity;
    const personId = entity.personId;
    const wasStandIn = isStandIn(content);
    const named = wasStandIn ? this.index.namedRecordsUnder(personId) : [recordId];
    const compared = this.index.compareContent(
      // A stand-in says nothing of whom its person was found to be; the person's other records do.
      named.length > 0 ? named : [recordId],
      // The member's number is the same by its nature, and proves nothing here.
      matchRecordOf(next.demographics, () => false),
    );
    const standIns = { wasStandIn, isStandIn: isStandIn(next), isKnown: named.length > 0 };
    const suspicion = suspectOverlay(compared, standIns);
    if (suspicion === undefined) return false;
    const { modelVersion, thresholds } = this.index.basis;
    const { probability, posterior, explanation } = compared;
    const candidates = [{ personId, recordId, probability, posterior, fields: explanation.fields }];
    const sealed = this.records.sealQuarantined(memberId, next);
    const [waiting] = (await this.reviews.openOf([recordId])).filter(({ subject }) => subject === 'overlay');
    if (waiting !== undefined) {
      if (this.isSame(waiting, next)) return true;
      const { openedAt: _opened, ...row } = waiting;
      changes.reviews.push({ ...row, candidates, probability, content: sealed });
    }
    const { reviewId } =
      waiting ??
      openReview(changes, {
        subject: 'overlay',
        reason: 'overlay',
        recordId,
        personId,
        candidates,
        modelVersion,
        quarantined: { memberId, content: sealed },
      });
    const details = { reviewId, ...suspicion, modelVersion, thresholds };
    changes.events.push({ kind: 'overlay-suspected', recordId, personId, details });
    return true;
  }

  /** Whether the feed only repeats itself. */
  private isSame({ memberId, content }: ReviewEntity, next: StoredRecord): boolean {
    if (memberId === null || content === null) return false;
    return JSON.stringify(this.records.openQuarantined(memberId, content)) === JSON.stringify(next);
  }
}
