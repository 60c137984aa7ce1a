import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** One human being, as far as the exchange knows. A merged person stays, and redirects to its survivor for ever. */
@Entity('person')
@Check('person_check', 'survivor_id <> person_id')
export class PersonEntity {
  @PrimaryColumn('uuid', { name: 'person_id' })
  personId!: string;

  @ForeignKey(() => PersonEntity, { name: 'person_survivor_id_fkey' })
  @Column('uuid', { name: 'survivor_id', nullable: true })
  survivorId!: string | null;
}
