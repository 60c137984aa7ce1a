import type { EntryHead } from '@hie/ledger-entry';
import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** The log's entries for searching. A projection: the log's own files are the truth, and rebuild this. */
@Entity('entry')
@Unique('entry_event_id_key', ['eventId'])
@Check('entry_index_check', 'index >= 0')
@Check('entry_leaf_hash_check', 'octet_length(leaf_hash) = 32')
@Index('entry_txn', ['txn'], { where: 'txn is not null' })
@Index('entry_patient', ['patient', 'index'], { where: 'patient is not null' })
@Index('entry_action', ['action', 'index'])
export class EntryEntity {
  /** Index in the log. */
  @PrimaryColumn('bigint')
  index!: string;

  @Column('uuid', { name: 'event_id' })
  eventId!: string;

  @Column('bytea', { name: 'leaf_hash' })
  leafHash!: Buffer;

  @Column('uuid', { nullable: true })
  txn!: string | null;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  service!: string;

  @Column('text')
  action!: string;

  @Column('text')
  outcome!: string;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('text', { nullable: true })
  purpose!: string | null;

  /** The requester's member, client and user. */
  @Column('text', { nullable: true })
  member!: string | null;

  @Column('text', { nullable: true })
  client!: string | null;

  @Column('text', { name: 'user_id', nullable: true })
  userId!: string | null;

  /** Id of the patient's key. */
  @Column('uuid', { nullable: true })
  patient!: string | null;

  @Column('jsonb')
  head!: EntryHead;

  /** As in the leaf: sealed under the patient's key. */
  @Column('bytea')
  details!: Buffer;
}
