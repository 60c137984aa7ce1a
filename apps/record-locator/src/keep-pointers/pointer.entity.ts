import type { RecordKind } from '@hie/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Where a person's record lies: a member's record, its local identifier encrypted under the member's key. */
@Entity('pointer')
@Index('pointer_person', ['personId', 'memberId'])
export class PointerEntity {
  @PrimaryColumn('uuid', { name: 'record_id' })
  recordId!: string;

  @Column('uuid', { name: 'person_id' })
  personId!: string;

  @Column('text', { name: 'member_id' })
  memberId!: string;

  /** `LocalRecord` as JSON, encrypted. */
  @Column('bytea')
  local!: Buffer;

  /** Whether even the mention of the member would disclose something. */
  @Column('boolean')
  discloses!: boolean;

  /** Kinds found there when it was last asked; empty when it never was. */
  @Column('text', { array: true, default: '{}' })
  kinds!: RecordKind[];

  /** When the identity feed told of it. */
  @Column('timestamptz', { name: 'linked_at' })
  linkedAt!: Date;

  /** When its kinds were last seen. */
  @Column('timestamptz', { name: 'seen_at', nullable: true })
  seenAt!: Date | null;
}

/** The record as its member knows it. */
export interface LocalRecord {
  readonly system: string;
  readonly value: string;
  readonly patientId?: string;
}
