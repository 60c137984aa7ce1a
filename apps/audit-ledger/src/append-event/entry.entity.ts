import type { EntryHead } from '@hie/ledger-entry';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A column that PostgreSQL computes from the head: nobody can change what a row is found by and leave the rest. */
function OfHead(name: string, type: 'text' | 'uuid' = 'text'): PropertyDecorator {
  return Column({ type, name, insert: false, update: false, nullable: true });
}

/**
 * The log's entries for searching. A projection: the log's own files are the truth, and rebuild this.
 *
 * Not compared with the schema by TypeORM, which wants a table of its own, `typeorm_metadata`, before it understands generated columns.
 */
@Entity('entry', { synchronize: false })
export class EntryEntity {
  /** Position among the entries of all shards, in their order. */
  @PrimaryColumn('bigint')
  index!: string;

  @Column('bytea', { name: 'leaf_hash' })
  leafHash!: Buffer;

  @Column('timestamptz')
  at!: Date;

  @Column('jsonb')
  head!: EntryHead;

  /** As in the leaf: sealed under the patient's key. */
  @Column('bytea')
  details!: Buffer;

  /** Over index, leaf hash and head, under a key that PostgreSQL never sees. */
  @Column('bytea')
  mac!: Buffer;

  @OfHead('event_id', 'uuid')
  eventId!: string;

  @OfHead('txn', 'uuid')
  txn!: string | null;

  @OfHead('service')
  service!: string;

  @OfHead('action')
  action!: string;

  @OfHead('outcome')
  outcome!: string;

  @OfHead('reason')
  reason!: string | null;

  @OfHead('purpose')
  purpose!: string | null;

  /** The requester's member, client and user. */
  @OfHead('member')
  member!: string | null;

  @OfHead('client')
  client!: string | null;

  @OfHead('user_id')
  userId!: string | null;

  /** Id of the patient's key. */
  @OfHead('patient', 'uuid')
  patient!: string | null;
}
