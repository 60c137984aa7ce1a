import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { LedgerEntry } from './ledger-entry.js';

/** The log's entries for searching. A projection: the log's own files are the truth, and rebuild this. */
@Entity('entry')
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

  @Column('text')
  action!: string;

  @Column('text', { nullable: true })
  patient!: string | null;

  @Column('jsonb')
  content!: LedgerEntry;

  @Column('timestamptz')
  at!: Date;
}
