import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import type { IdentityChanges } from '../identity-store/identity-changes.js';
import type { ReviewCandidate, ReviewWord } from '../identity-store/identity-event.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { IdentityWriter } from '../identity-store/identity-writer.js';
import { faultOfMerge } from '../identity-store/person-forest.js';
import type { Steward } from '../review-identities/acting-person.js';
import { noteWord } from '../review-identities/note-word.js';
import { candidateOf, openReview } from '../review-identities/open-review.js';
import { ReviewRepository } from '../review-identities/review.repository.js';
import { refuse } from './person-moves.js';

export interface MergeProposal {
  /** Who would be merged away. */
  readonly personId: string;
  readonly survivorId: string;
  readonly reason: string;
}

/** Proposes merges: one person proposes, and a second decides on the review that this opens. */
@Injectable()
export class MergesHandler {
  constructor(
    private readonly index: IdentityIndex,
    private readonly reviews: ReviewRepository,
    private readonly writer: IdentityWriter,
  ) {}

  /**
   * @returns the review's id. @throws Refusal `person-unknown` 404; `person-merged`, `same-person`, `merge-already-proposed` 409
   */
  propose({ personId, survivorId, reason }: MergeProposal, { name, claims }: Steward): Promise<string> {
    return this.writer.write(claims, async (changes: IdentityChanges) => {
      refuse(faultOfMerge(this.index, personId, survivorId));
      const waiting = await this.reviews.openMergesOf(personId);
      if (waiting.some(({ candidates }) => candidates.some((each) => each.personId === survivorId))) {
        throw new Refusal('merge-already-proposed', 409);
      }
      const review = openReview(changes, {
        subject: 'merge',
        reason: 'merge-proposed',
        recordId: null,
        personId,
        candidates: [this.evidence(personId, survivorId)],
        modelVersion: this.index.modelVersion,
        openedBy: name,
      });
      const word: ReviewWord = { verdict: 'same', personId: survivorId, by: name, reason };
      noteWord(changes, review, word, { kind: 'proposed' });
      return review.reviewId;
    });
  }

  /** What the machine says of the two: of all pairs of their records the likeliest. */
  private evidence(personId: string, survivorId: string): ReviewCandidate {
    const compared = this.index
      .recordsUnder(personId)
      .flatMap((recordId) => this.index.compare(recordId, survivorId) ?? [])
      .sort((a, b) => b.probability - a.probability);
    const [best] = compared;
    return best === undefined ? { personId: survivorId } : candidateOf(best);
  }
}
