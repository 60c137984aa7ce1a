import { Injectable } from '@nestjs/common';

import type { IdentityChanges } from '../identity-store/identity-changes.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { StandingDecisions } from '../identity-store/standing-decisions.js';
import { type StoredRecord, storedMatchRecord } from '../identity-store/stored-record.js';
import { candidateOf, openReview } from './open-review.js';
import { ReviewRepository } from './review.repository.js';

/** Brings a record that stands alone before a person again when its new content speaks for somebody: a stand-in has got a name. */
@Injectable()
export class AskAgain {
  constructor(
    private readonly index: IdentityIndex,
    private readonly decisions: StandingDecisions,
    private readonly reviews: ReviewRepository,
  ) {}

  /**
   * The machine never moves a record that has a person, so this opens a review and no more; not for whom a person has parted it from,
   * and not beside a review that waits.
   *
   * @param content as the index has it already.
   */
  async about(changes: IdentityChanges, recordId: string, content: StoredRecord): Promise<void> {
    const personId = this.index.personOf(recordId);
    if (personId === undefined || this.index.recordsUnder(personId).length > 1) return;
    const plausible = this.index
      .search(storedMatchRecord(content))
      .matches.filter(({ verdict, personId: other }) => verdict !== 'apart' && other !== personId)
      .filter(({ personId: other }) => !this.decisions.areRefused(personId, other));
    if (plausible.length === 0 || (await this.reviews.openOf([recordId])).length > 0) return;
    openReview(changes, {
      subject: 'link',
      reason: 'changed-record',
      recordId,
      personId,
      candidates: plausible.map(candidateOf),
      modelVersion: this.index.modelVersion,
    });
  }
}
