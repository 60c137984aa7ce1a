import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One version of a patient's directive; versions are added, never changed. */
@Entity('consent_version')
@Check('consent_version_version_check', 'version > 0')
@Index('consent_version_person', ['personId'])
export class ConsentVersionEntity {
  @PrimaryColumn('uuid', { name: 'consent_id' })
  consentId!: string;

  @PrimaryColumn('integer')
  version!: number;

  @Column('uuid', { name: 'person_id' })
  personId!: string;

  /** The member that filed it; its key encrypts `resource`. */
  @Column('text', { name: 'member_id' })
  memberId!: string;

  @Column('boolean', { name: 'is_active' })
  isActive!: boolean;

  /** The FHIR Consent as filed, encrypted: what somebody keeps secret says something about them. */
  @Column('bytea')
  resource!: Buffer;

  @Column('timestamptz', { name: 'filed_at', default: () => 'now()' })
  filedAt!: Date;
}
