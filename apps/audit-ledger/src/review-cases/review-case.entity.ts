import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

import type { CaseOutcome, CaseReason } from './review-case.js';

/** The cases as their events leave them, for lists; a projection of `case_event`. */
@Entity('review_case')
@Unique('review_case_txn_key', ['txn'])
@Check('review_case_closed_check', '(outcome is null) = (closed_at is null)')
@Index('review_case_due', ['dueAt'], { where: 'closed_at is null' })
export class ReviewCaseEntity {
  @PrimaryColumn('uuid', { name: 'case_id' })
  caseId!: string;

  /** The transaction under review; one has one case. */
  @Column('uuid')
  txn!: string;

  @Column('text')
  reason!: CaseReason;

  @Column('timestamptz', { name: 'opened_at' })
  openedAt!: Date;

  @Column('timestamptz', { name: 'due_at' })
  dueAt!: Date;

  @Column('text', { name: 'assignee_member', nullable: true })
  assigneeMember!: string | null;

  @Column('text', { name: 'assignee_user', nullable: true })
  assigneeUser!: string | null;

  @Column('text', { nullable: true })
  outcome!: CaseOutcome | null;

  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt!: Date | null;
}
