import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** Which instance may change identities: one row, whose epoch is counted up by each instance that takes over. */
@Entity('index_writer')
@Check('index_writer_single_check', 'single')
export class IndexWriterEntity {
  @PrimaryColumn('boolean', { default: true })
  single!: boolean;

  @Column('bigint')
  epoch!: string;

  /** `HIE_INSTANCE` of whoever has it; null before the first. */
  @Column('text', { nullable: true })
  instance!: string | null;

  @Column('timestamptz', { default: () => 'now()' })
  since!: Date;
}
