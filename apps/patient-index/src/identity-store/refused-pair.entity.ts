import { Entity, PrimaryColumn } from 'typeorm';

/** Two persons of whom a person said that they are two. The machine never brings them together, nor asks again. */
@Entity('refused_pair')
export class RefusedPairEntity {
  /** The lesser id of the two. */
  @PrimaryColumn('uuid')
  low!: string;

  @PrimaryColumn('uuid')
  high!: string;
}

export const refusedPair = (a: string, b: string): RefusedPairEntity =>
  a < b ? { low: a, high: b } : { low: b, high: a };
