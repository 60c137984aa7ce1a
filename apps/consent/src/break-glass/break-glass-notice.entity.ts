import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** What one member is told of one broken glass, and whether anybody there has taken note. */
@Entity('break_glass_notice')
@Unique('break_glass_notice_once', ['txn', 'memberId'])
@Check('break_glass_notice_acknowledged_check', '(acknowledged_at is null) = (acknowledged_by is null)')
@Index('break_glass_notice_due', ['attemptAt'], { where: 'acknowledged_at is null' })
export class BreakGlassNoticeEntity {
  @PrimaryColumn('uuid', { name: 'notice_id' })
  noticeId!: string;

  @Column('uuid')
  txn!: string;

  /** The member that is told: its records were asked for. */
  @Column('text', { name: 'member_id' })
  memberId!: string;

  @Column('text', { name: 'requester_member' })
  requesterMember!: string;

  @Column('text', { name: 'requester_user', nullable: true })
  requesterUser!: string | null;

  @Column('timestamptz', { name: 'broken_at' })
  brokenAt!: Date;

  @Column('timestamptz', { name: 'issued_at', default: () => 'now()' })
  issuedAt!: Date;

  @Column('timestamptz', { name: 'acknowledged_at', nullable: true })
  acknowledgedAt!: Date | null;

  @Column('text', { name: 'acknowledged_by', nullable: true })
  acknowledgedBy!: string | null;

  /** How often it was sent to the member's webhook, and when next. */
  @Column('integer', { default: 0 })
  attempts!: number;

  @Column('timestamptz', { name: 'attempt_at', default: () => 'now()' })
  attemptAt!: Date;

  /** When the webhook took it. */
  @Column('timestamptz', { name: 'delivered_at', nullable: true })
  deliveredAt!: Date | null;
}
