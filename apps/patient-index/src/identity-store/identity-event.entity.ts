import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

export type IdentityEventKind = 'record-registered' | 'record-changed' | 'linked' | 'review-opened';

/** What happened to an identity, in order and for ever; persons and links are what these events add up to. */
@Entity('identity_event')
@Index('identity_event_record', ['recordId'])
export class IdentityEventEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  seq!: string;

  @Column('text')
  kind!: IdentityEventKind;

  @Column('uuid', { name: 'record_id' })
  recordId!: string;

  @Column('uuid', { name: 'person_id', nullable: true })
  personId!: string | null;

  /** Codes, probabilities and versions; never a demographic. */
  @Column('jsonb')
  details!: object;

  @Column('timestamptz', { default: () => 'now()' })
  at!: Date;
}
