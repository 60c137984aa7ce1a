import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** Cosigned checkpoints, all that were ever published, kept for ever: each is a witness against a log that was rewritten later. */
@Entity('checkpoint')
@Check('checkpoint_size_check', 'size >= 0')
export class CheckpointEntity {
  /** The half-yearly log that it is of. */
  @PrimaryColumn('text')
  shard!: string;

  /** Entries in the tree. */
  @PrimaryColumn('bigint')
  size!: string;

  /** The signed note, with the log's signature and the cosignatures. */
  @Column('text')
  note!: string;

  @Column('timestamptz')
  at!: Date;
}
