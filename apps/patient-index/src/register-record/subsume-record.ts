import { Injectable } from '@nestjs/common';

import type { IdentityChanges, ReviewRow } from '../identity-store/identity-changes.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import type { OpenedRecord } from '../identity-store/source-record.repository.js';
import { StandingDecisions } from '../identity-store/standing-decisions.js';
import { candidateOf, openReview } from '../review-identities/open-review.js';
import { ReviewRepository } from '../review-identities/review.repository.js';

/** Follows a member that says of two of its records that one has replaced the other (IHE PIXm ITI-104, docs/adr/0196). */
@Injectable()
export class SubsumeRecord {
  constructor(
    private readonly index: IdentityIndex,
    private readonly decisions: StandingDecisions,
    private readonly reviews: ReviewRepository,
  ) {}

  /**
   * Where both are one person's already there is nothing to do: the replaced number leads to them as it did. Two persons are brought before
   * people, because a member's word alone joins nobody; not where people have parted them, nor beside a review that asks the same.
   */
  async follow(changes: IdentityChanges, replaced: OpenedRecord, survivor: OpenedRecord): Promise<void> {
    const { recordId } = replaced.entity;
    const [personId, candidate] = [replaced, survivor].map(({ entity }) => this.index.personOf(entity.recordId));
    if (personId === undefined || candidate === undefined || personId === candidate) return;
    if (this.decisions.areRefused(personId, candidate)) return;
    const waiting = await this.waiting(changes, recordId);
    if (waiting.some(({ candidates }) => candidates.some((each) => this.stands(each.personId, candidate)))) return;
    const match = this.index.compare(recordId, candidate);
    openReview(changes, {
      subject: 'link',
      reason: 'replaced',
      recordId,
      personId,
      candidates: [match === undefined ? { personId: candidate } : candidateOf(match)],
      modelVersion: this.index.modelVersion,
    });
  }

  /** The member says no longer that the record was replaced: nobody has to decide about it. What people have decided stays. */
  async withdraw(changes: IdentityChanges, { entity }: OpenedRecord): Promise<void> {
    const { recordId, personId } = entity;
    for (const review of await this.waiting(changes, recordId)) {
      if (review.reason !== 'replaced') continue;
      changes.reviews.push({ ...review, status: 'withdrawn' });
      const details = { reviewId: review.reviewId };
      changes.events.push({ kind: 'review-withdrawn', recordId, personId, details });
    }
  }

  /** What waits for a word about a record, as this change will leave it. */
  private async waiting(changes: IdentityChanges, recordId: string): Promise<readonly ReviewRow[]> {
    const stored = (await this.reviews.openOf([recordId])).map(({ openedAt: _opened, ...row }): ReviewRow => row);
    const newest = new Map([...stored, ...changes.reviews].map((review) => [review.reviewId, review]));
    return [...newest.values()].filter(
      (review) => review.recordId === recordId && (review.status === 'open' || review.status === 'proposed'),
    );
  }

  private stands(id: string, personId: string): boolean {
    return this.index.idsOf(personId).includes(id);
  }
}
