import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A member's record of a patient: demographics and local identifier encrypted under the member's key. */
@Entity('source_record')
export class SourceRecordEntity {
  @PrimaryColumn('uuid', { name: 'record_id' })
  recordId!: string;

  @Column('text', { name: 'member_id' })
  memberId!: string;

  /** Keyed hash of the local identifier: found by equality, read by nobody. */
  @Column('bytea', { name: 'identifier_hash' })
  identifierHash!: Buffer;

  /** `StoredRecord` as JSON, encrypted. */
  @Column('bytea')
  content!: Buffer;

  @Column('uuid', { name: 'person_id' })
  personId!: string;

  @Column('integer')
  version!: number;
}
