import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** While a patient has a hold that was not lifted, the patient's key can't be destroyed. */
@Entity('legal_hold')
@Check('legal_hold_matter_check', `matter ~ '^[A-Za-z0-9._/-]{1,64}$'`)
@Index('legal_hold_key', ['keyId'], { where: 'lifted_at is null' })
export class LegalHoldEntity {
  @PrimaryColumn('uuid', { name: 'hold_id' })
  holdId!: string;

  /** The patient's key. */
  @Column('uuid', { name: 'key_id' })
  keyId!: string;

  /** The file number of the matter, such as `2026/0117`; never a name. */
  @Column('text')
  matter!: string;

  @Column('timestamptz', { name: 'placed_at', default: () => 'now()' })
  placedAt!: Date;

  @Column('timestamptz', { name: 'lifted_at', nullable: true })
  liftedAt!: Date | null;
}
