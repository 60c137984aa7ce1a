import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import type { ReviewWord } from '../identity-store/identity-event.js';
import { IdentityWriter } from '../identity-store/identity-writer.js';
import type { Steward } from './acting-person.js';
import { type WordFault, decideReview } from './decide-review.js';
import { noteWord } from './note-word.js';
import { ReviewOutcomes } from './review-outcomes.js';
import type { ReviewEntity } from './review.entity.js';
import { ReviewRepository } from './review.repository.js';

const statuses: Record<WordFault, number> = {
  'review-decided': 409,
  'verdict-not-offered': 422,
  'candidate-unknown': 422,
  'second-person-needed': 409,
};

/** Takes people's words on reviews; what a word leads to is `decideReview`, and `ReviewOutcomes` does it. */
@Injectable()
export class ReviewsHandler {
  constructor(
    private readonly reviews: ReviewRepository,
    private readonly writer: IdentityWriter,
    private readonly outcomes: ReviewOutcomes,
  ) {}

  /** @throws Refusal `review-unknown` 404, a `WordFault`, or what joining persons is refused for (`PersonMoves`). */
  decide(reviewId: string, said: Omit<ReviewWord, 'by'>, steward: Steward): Promise<ReviewEntity['status']> {
    return this.writer.write(steward.claims, async (changes) => {
      const review = await this.reviews.find(reviewId);
      if (review === null) throw new Refusal('review-unknown', 404);
      const word: ReviewWord = { ...said, by: steward.name };
      const step = decideReview(review, word);
      if (step.kind === 'refused') throw new Refusal(step.fault, statuses[step.fault]);
      const { openedAt: _opened, ...row } = review;
      noteWord(changes, row, word, step);
      await this.outcomes.apply(changes, review, word, step);
      return step.kind === 'proposed' ? 'proposed' : 'decided';
    });
  }
}
