import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

import type { IdentityEvent, IdentityEventKind } from './identity-event.js';

/** What happened to an identity, in order and for ever (`IdentityEvent`); persons and links are what these events add up to. */
@Entity('identity_event')
@Index('identity_event_record', ['recordId'])
@Index('identity_event_person', ['personId'])
// Over the few kinds that each start reads; TypeORM can't compare its condition.
@Index('identity_event_rare', { synchronize: false })
export class IdentityEventEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  seq!: string;

  @Column('text')
  kind!: IdentityEventKind;

  /** Null for what happened to persons alone. */
  @Column('uuid', { name: 'record_id', nullable: true })
  recordId!: string | null;

  @Column('uuid', { name: 'person_id', nullable: true })
  personId!: string | null;

  /** Codes, probabilities and versions; never a demographic. */
  @Column('jsonb')
  details!: IdentityEvent['details'];

  @Column('timestamptz', { default: () => 'now()' })
  at!: Date;
}
