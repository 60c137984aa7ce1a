import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

import { PersonEntity } from './person.entity.js';

/** A member's record of a patient: demographics and local identifier encrypted under the member's key. */
@Entity('source_record')
@Unique('source_record_member_id_identifier_hash_key', ['memberId', 'identifierHash'])
@Index('source_record_person', ['personId'])
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

  @ForeignKey(() => PersonEntity, { name: 'source_record_person_id_fkey' })
  @Column('uuid', { name: 'person_id' })
  personId!: string;

  @Column('integer')
  version!: number;
}
