import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One breaking of the glass, as its reviewer will read it; added, never changed. */
@Entity('break_glass_case')
export class BreakGlassCaseEntity {
  /** The query it was broken for. */
  @PrimaryColumn('uuid')
  txn!: string;

  /** The member whose person it was; its key encrypts `reason`. */
  @Column('text', { name: 'member_id' })
  memberId!: string;

  /** Who broke it. */
  @Column('text', { name: 'user_id' })
  userId!: string;

  /** In the person's own words, which may say something of the patient: encrypted. */
  @Column('bytea')
  reason!: Buffer;

  @Column('timestamptz', { name: 'opened_at', default: () => 'now()' })
  openedAt!: Date;
}
