import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { ReviewCandidate, ReviewReason, ReviewSubject, ReviewWord } from '../identity-store/identity-event.js';

/** A word with its moment. */
export interface DatedWord extends ReviewWord {
  /** ISO 8601. */
  readonly at: string;
  /** Who had proposed what this word approves. */
  readonly proposedBy?: string;
}

/** Something that a person has to decide: a projection of `review-opened` and `review-decided`, and what a reviewer is shown. */
@Entity('review')
@Index('review_status', ['status', 'openedAt', 'reviewId'])
@Index('review_record', ['recordId'])
export class ReviewEntity {
  @PrimaryColumn('uuid', { name: 'review_id' })
  reviewId!: string;

  @Column('text')
  subject!: ReviewSubject;

  @Column('text')
  reason!: ReviewReason;

  /** `proposed`: one person has said `same`, and a second has to. `withdrawn`: the record was retracted. */
  @Column('text')
  status!: 'open' | 'proposed' | 'decided' | 'withdrawn';

  /** Null where two persons are compared as they are. */
  @Column('uuid', { name: 'record_id', nullable: true })
  recordId!: string | null;

  /** Whose the record was when the review was opened; of a proposed merge the person that would be merged away. */
  @Column('uuid', { name: 'person_id' })
  personId!: string;

  @Column('jsonb')
  candidates!: readonly ReviewCandidate[];

  /** Of the likeliest candidate; null where nothing was compared. */
  @Column('double precision', { nullable: true })
  probability!: number | null;

  @Column('text', { name: 'model_version' })
  modelVersion!: string;

  @Column('jsonb', { nullable: true })
  proposal!: DatedWord | null;

  @Column('jsonb', { nullable: true })
  decision!: DatedWord | null;

  /** The member whose key the quarantined content is encrypted under. */
  @Column('text', { name: 'member_id', nullable: true })
  memberId!: string | null;

  /** What an overlay would make of the record: `StoredRecord` as JSON, encrypted. Removed with the decision. */
  @Column('bytea', { nullable: true })
  content!: Buffer | null;

  @Column('timestamptz', { name: 'opened_at', default: () => 'now()' })
  openedAt!: Date;
}
