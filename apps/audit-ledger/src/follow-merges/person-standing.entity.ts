import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** That somebody was answered for under another person's id, from when to when. Both are keyed hashes, as beside a patient's key. */
@Entity('person_standing')
@Check(
  'person_standing_person_check',
  'octet_length(person) = 32 and octet_length(survivor) = 32 and person <> survivor',
)
@Index('person_standing_survivor', ['survivor'])
export class PersonStandingEntity {
  @PrimaryColumn('bytea')
  person!: Buffer;

  @Column('bytea')
  survivor!: Buffer;

  @PrimaryColumn('timestamptz')
  since!: Date;

  /** Null while it lasts. */
  @Column('timestamptz', { nullable: true })
  until!: Date | null;
}
