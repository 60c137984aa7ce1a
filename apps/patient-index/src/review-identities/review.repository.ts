import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';

import { ReviewEntity } from './review.entity.js';

/** Which reviews to list. */
export interface ReviewSelection {
  readonly statuses: readonly ReviewEntity['status'][];
  readonly limit: number;
  /** The last review of the page before. */
  readonly after?: string;
}

/** The reviews in PostgreSQL, oldest first. */
@Injectable()
export class ReviewRepository {
  constructor(private readonly source: DataSource) {}

  list({ statuses, limit, after }: ReviewSelection): Promise<ReviewEntity[]> {
    const query = this.source
      .createQueryBuilder(ReviewEntity, 'review')
      .where('review.status in (:...statuses)', { statuses })
      .orderBy('review.opened_at')
      .addOrderBy('review.review_id')
      .limit(limit);
    if (after !== undefined) {
      query.andWhere(
        `(review.opened_at, review.review_id) > (select opened_at, review_id from review where review_id = :after)`,
        { after },
      );
    }
    return query.getMany();
  }

  find(reviewId: string): Promise<ReviewEntity | null> {
    return this.source.manager.findOneBy(ReviewEntity, { reviewId });
  }

  /** What waits for a word about these records. */
  openOf(recordIds: readonly string[]): Promise<ReviewEntity[]> {
    return this.source.manager.findBy(ReviewEntity, { recordId: In([...recordIds]), status: In(['open', 'proposed']) });
  }

  /** Proposed merges of a person that wait for a word. */
  openMergesOf(personId: string): Promise<ReviewEntity[]> {
    return this.source.manager.findBy(ReviewEntity, { personId, subject: 'merge', status: In(['open', 'proposed']) });
  }

  /** How the decided and the open reviews of links and merges are spread over the probabilities that the machine gave. */
  async outcomes(): Promise<readonly ReviewOutcome[]> {
    return this.source.query(
      `select model_version as "modelVersion", probability,
              case when status = 'decided' then decision->>'verdict' else 'open' end as outcome
       from review where subject <> 'overlay' and status <> 'withdrawn' and probability is not null`,
    );
  }
}

/** One review as the calibration report counts it. */
export interface ReviewOutcome {
  readonly modelVersion: string;
  readonly probability: number;
  readonly outcome: 'same' | 'different' | 'open';
}
