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

  /**
   * What people have said of pairs that the machine had given a probability. Of a review each candidate that was decided about, or waits: of
   * `same` the one approved, of `different` all; and that it was different after all where the joining was taken back. And every link of
   * the machine's own that somebody has taken off, which no review had asked about.
   */
  async outcomes(): Promise<readonly ReviewOutcome[]> {
    return this.source.query(
      `select review.model_version as "modelVersion", (candidate->>'probability')::float8 as probability,
              case when status <> 'decided' then 'open'
                   when exists (${joinTakenBack}) then 'different'
                   else decision->>'verdict' end as outcome
       from review cross join jsonb_array_elements(candidates) candidate
       where subject <> 'overlay' and status <> 'withdrawn' and candidate ? 'probability'
         and (status <> 'decided' or decision->>'verdict' = 'different' or candidate->'personId' = decision->'personId')
       union all
       select link.details->>'modelVersion', (link.details->>'probability')::float8, 'different'
       from identity_event off cross join lateral (${linkBefore}) link
       where off.kind = 'unlinked' and not off.details ?| array['reviewId', 'takesBack'] and link.details->>'by' = 'match'`,
    );
  }
}

/** The end of what a review has joined: of its merge, or of the move that it made. */
const joinTakenBack = `
  select 1 from identity_event made join identity_event back
    on back.seq > made.seq and back.record_id is not distinct from made.record_id
   and (back.kind = 'unmerged' and made.kind = 'merged' and back.person_id = made.person_id
     or back.kind = 'unlinked' and made.kind = 'unlinked' and back.details ? 'takesBack')
  where made.kind in ('merged', 'unlinked') and made.details->>'reviewId' = review.review_id::text`;

/** The link that a taking off has ended. */
const linkBefore = `
  select details from identity_event
  where kind = 'linked' and record_id = off.record_id and seq < off.seq order by seq desc limit 1`;

/** One pair as the calibration report counts it. */
export interface ReviewOutcome {
  readonly modelVersion: string;
  readonly probability: number;
  readonly outcome: 'same' | 'different' | 'open';
}
