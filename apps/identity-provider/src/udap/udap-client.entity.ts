import { Check, Column, Entity, Index, PrimaryColumn, VersionColumn } from 'typeorm';

/** A system that registered itself with a software statement. It has no key here: its certificate comes with each assertion. */
@Entity('udap_client')
@Check('udap_client_status_check', `status in ('active', 'cancelled')`)
@Check('udap_client_bound_by_check', `bound_by in ('dpop', 'certificate')`)
@Index('udap_client_uri', ['uri'], { unique: true, where: `status = 'active'` })
export class UdapClientEntity {
  @PrimaryColumn('text', { name: 'client_id' })
  clientId!: string;

  /** Of its certificate. */
  @Column('text')
  uri!: string;

  @Column('text', { name: 'member_id' })
  memberId!: string;

  @Column('text')
  name!: string;

  @Column('text', { array: true })
  contacts!: string[];

  @Column('text', { array: true })
  scopes!: string[];

  @Column('text', { name: 'bound_by' })
  boundBy!: 'dpop' | 'certificate';

  @Column('text')
  status!: 'active' | 'cancelled';

  @Column('timestamptz', { name: 'changed_at' })
  changedAt!: Date;

  @VersionColumn()
  version!: number;
}
