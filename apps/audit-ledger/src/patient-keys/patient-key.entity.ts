import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** A patient's key, wrapped, beside a keyed hash of the person; both are gone once it is erased, and the row says when. */
@Entity('patient_key')
@Unique('patient_key_person_key', ['person'])
@Check('patient_key_person_check', 'octet_length(person) = 32')
@Check(
  'patient_key_whole_or_erased',
  '(person is null) = (wrapped is null) and (wrapped is null) = (erased_at is not null)',
)
export class PatientKeyEntity {
  @PrimaryColumn('uuid', { name: 'key_id' })
  keyId!: string;

  @Column('bytea', { nullable: true })
  person!: Buffer | null;

  @Column('bytea', { nullable: true })
  wrapped!: Buffer | null;

  @Column('timestamptz', { name: 'made_at', default: () => 'now()' })
  madeAt!: Date;

  @Column('timestamptz', { name: 'erased_at', nullable: true })
  erasedAt!: Date | null;
}
