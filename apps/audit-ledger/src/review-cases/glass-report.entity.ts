import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A broken glass of which the others were told. */
@Entity('glass_report')
export class GlassReportEntity {
  @PrimaryColumn('uuid')
  txn!: string;

  @Column('timestamptz', { name: 'reported_at', default: () => 'now()' })
  reportedAt!: Date;
}
