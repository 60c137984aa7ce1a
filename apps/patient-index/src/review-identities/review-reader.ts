import { AuditTrail } from '@hie/messaging';
import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { type DemographicsOverTime, demographicsOverTime } from '../identity-store/former-values.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { SourceRecordRepository } from '../identity-store/source-record.repository.js';
import type { Steward } from './acting-person.js';
import { type CalibrationReport, calibration } from './calibration.js';
import { type ReviewDossier, type ReviewView, viewOf } from './review-view.js';
import type { ReviewEntity } from './review.entity.js';
import { ReviewRepository, type ReviewSelection } from './review.repository.js';
import { sideBySide } from './side-by-side.js';

/** What reviewers read. Whoever opens a review sees demographics, so that is told the ledger before anything is shown. */
@Injectable()
export class ReviewReader {
  constructor(
    private readonly index: IdentityIndex,
    private readonly reviews: ReviewRepository,
    private readonly records: SourceRecordRepository,
    private readonly audit: AuditTrail,
  ) {}

  async list(selection: ReviewSelection): Promise<ReviewView[]> {
    return (await this.reviews.list(selection)).map(viewOf);
  }

  async calibration(): Promise<readonly CalibrationReport[]> {
    return calibration(await this.reviews.outcomes());
  }

  /** @throws Refusal `review-unknown` 404 */
  async read(reviewId: string, { claims }: Steward): Promise<ReviewDossier> {
    const review = await this.reviews.find(reviewId);
    if (review === null) throw new Refusal('review-unknown', 404);
    const { personId, subject } = review;
    const facts = {
      action: 'review.read',
      outcome: 'success',
      personId,
      details: { reviewId, subject },
    } as const;
    await this.audit.record(facts, { claims });
    const left = await this.demographicsOf(review.recordId ?? this.index.recordsUnder(personId)[0]);
    const candidates = await Promise.all(
      review.candidates.map(async (candidate) => {
        const right = this.quarantinedOf(review) ?? (await this.demographicsOf(candidate.recordId));
        const isBoth = left !== undefined && right !== undefined;
        return { ...candidate, fieldsSideBySide: isBoth ? sideBySide(left, right) : [] };
      }),
    );
    return { ...viewOf(review), candidates };
  }

  private quarantinedOf({ memberId, content }: ReviewEntity): DemographicsOverTime | undefined {
    return memberId === null || content === null || !this.records.opens(memberId)
      ? undefined
      : demographicsOverTime(this.records.openQuarantined(memberId, content));
  }

  private async demographicsOf(recordId: string | undefined): Promise<DemographicsOverTime | undefined> {
    const [record] = recordId === undefined ? [] : await this.records.findByIds([recordId]);
    return record === undefined ? undefined : demographicsOverTime(record.content);
  }
}
