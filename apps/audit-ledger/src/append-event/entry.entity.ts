import type { EntryHead } from '@hie/ledger-entry';
import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** A column that PostgreSQL computes from the head: nobody can change what a row is found by and leave the rest. */
function OfHead(name: string, asExpression: string): PropertyDecorator {
  const type = asExpression.endsWith('::uuid') ? 'uuid' : 'text';
  return Column({ type, name, asExpression, generatedType: 'STORED', nullable: true });
}

/** The log's entries for searching. A projection: the log's own files are the truth, and rebuild this. */
@Entity('entry')
@Unique('entry_event_id_key', ['eventId'])
@Check('entry_index_check', 'index >= 0')
@Check('entry_leaf_hash_check', 'octet_length(leaf_hash) = 32')
@Index('entry_txn', ['txn'], { where: 'txn is not null' })
@Index('entry_patient', ['patient', 'index'], { where: 'patient is not null' })
@Index('entry_action', ['action', 'index'])
@Index('entry_member', ['member', 'index'], { where: 'member is not null' })
@Index('entry_client', ['client', 'index'], { where: 'client is not null' })
@Index('entry_user', ['userId', 'index'], { where: 'user_id is not null' })
// BRIN with options of its own, which only the migration can say.
@Index('entry_at', { synchronize: false })
@Index('entry_broken_glass', { synchronize: false })
export class EntryEntity {
  /** Index in the log. */
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

  @OfHead('event_id', "(head ->> 'eventId')::uuid")
  eventId!: string;

  @OfHead('txn', "(head ->> 'txn')::uuid")
  txn!: string | null;

  @OfHead('service', "head ->> 'service'")
  service!: string;

  @OfHead('action', "head ->> 'action'")
  action!: string;

  @OfHead('outcome', "head ->> 'outcome'")
  outcome!: string;

  @OfHead('reason', "head ->> 'reason'")
  reason!: string | null;

  @OfHead('purpose', "head ->> 'purpose'")
  purpose!: string | null;

  /** The requester's member, client and user. */
  @OfHead('member', "head -> 'requester' ->> 'memberId'")
  member!: string | null;

  @OfHead('client', "head -> 'requester' ->> 'clientId'")
  client!: string | null;

  @OfHead('user_id', "head -> 'requester' ->> 'userId'")
  userId!: string | null;

  /** Id of the patient's key. */
  @OfHead('patient', "(head ->> 'patient')::uuid")
  patient!: string | null;
}
