import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * The tombstone of a record that its member has withdrawn: enough to know it again when the same is fed, and nothing of the patient.
 */
@Entity('retracted_record')
export class RetractedRecordEntity {
  @PrimaryColumn('text', { name: 'member_id' })
  memberId!: string;

  /** Keyed hash of the local identifier, as the record had it. */
  @PrimaryColumn('bytea', { name: 'identifier_hash' })
  identifierHash!: Buffer;

  @Column('uuid', { name: 'record_id' })
  recordId!: string;

  /** The person it was linked to. */
  @Column('uuid', { name: 'person_id' })
  personId!: string;

  @Column('integer')
  version!: number;

  /** Keyed hash of the content, under the member's key. */
  @Column('bytea', { name: 'content_hash' })
  contentHash!: Buffer;

  @Column('timestamptz', { name: 'retracted_at', default: () => 'now()' })
  retractedAt!: Date;
}

/** A tombstone as it is written: when, PostgreSQL says. */
export type Tombstone = Omit<RetractedRecordEntity, 'retractedAt'>;
