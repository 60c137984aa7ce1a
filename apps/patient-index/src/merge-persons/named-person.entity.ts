import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** That a query was told of this person: what has to be looked at when the person turns out to have been two. */
@Entity('named_person')
@Index('named_person_person', ['personId', 'at'])
export class NamedPersonEntity {
  /** The transaction, by which the ledger knows what was disclosed. */
  @PrimaryColumn('uuid')
  txn!: string;

  @PrimaryColumn('uuid', { name: 'person_id' })
  personId!: string;

  @Column('timestamptz', { default: () => 'now()' })
  at!: Date;
}
