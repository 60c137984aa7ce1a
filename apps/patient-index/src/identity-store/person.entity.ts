import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One human being, as far as the exchange knows. A merged person stays, and redirects to its survivor for ever. */
@Entity('person')
export class PersonEntity {
  @PrimaryColumn('uuid', { name: 'person_id' })
  personId!: string;

  @Column('uuid', { name: 'survivor_id', nullable: true })
  survivorId!: string | null;
}
