import type { LinkRule, MatchModel } from '@hie/matching-engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A model with the thresholds it is used with. The one promoted last decides; every link names which it was. */
@Entity('match_model')
export class MatchModelEntity {
  @PrimaryColumn('text')
  version!: string;

  @Column('jsonb')
  model!: MatchModel;

  @Column('jsonb')
  thresholds!: LinkRule;

  @Column('text', { name: 'registered_by' })
  registeredBy!: string;

  /** Null for one that has never been in use. */
  @Column('text', { name: 'promoted_by', nullable: true })
  promotedBy!: string | null;

  @Column('timestamptz', { name: 'promoted_at', nullable: true })
  promotedAt!: Date | null;
}
