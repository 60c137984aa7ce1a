import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key that a client had. It is never taken again: whoever withdrew it had a reason. */
@Entity('withdrawn_key')
export class WithdrawnKeyEntity {
  @PrimaryColumn('text', { name: 'client_id' })
  clientId!: string;

  /** RFC 7638, SHA-256. */
  @PrimaryColumn('text')
  thumbprint!: string;

  @Column('timestamptz', { name: 'withdrawn_at' })
  withdrawnAt!: Date;

  @Column('text', { name: 'withdrawn_by' })
  withdrawnBy!: string;
}
