import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** What happened to a case, in order; added and never changed. */
@Entity('case_event')
@Check('case_event_seq_check', 'seq >= 0')
export class CaseEventEntity {
  @PrimaryColumn('uuid', { name: 'case_id' })
  caseId!: string;

  /** From 0, without a gap. */
  @PrimaryColumn('int')
  seq!: number;

  /** The event, who told it and when, sealed. */
  @Column('bytea')
  content!: Buffer;
}
