import { Check, Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryColumn, type Relation, Unique } from 'typeorm';

import type { Role } from '@hie/purpose-of-use';

/** `invited`: has no two passkeys yet. `disabled`: may not sign in, whatever they hold. */
export type PersonStatus = 'invited' | 'active' | 'disabled';

/**
 * A person who may sign in. There is no column for a password.
 *
 * Name, e-mail, the authenticator app's secret and whose account it is are sealed under the key of the member the person belongs to.
 */
@Entity('person')
@Check('person_status_check', `status in ('invited', 'active', 'disabled')`)
@Check('person_check', `(status = 'disabled') = (disabled_reason is not null)`)
@Check('person_patient_until_check', `patient_until is null or patient is not null`)
@Unique('person_member_id_email_index_key', ['memberId', 'emailIndex'])
export class PersonEntity {
  @PrimaryColumn('uuid', { name: 'person_id' })
  personId!: string;

  @Column('text', { name: 'member_id' })
  memberId!: string;

  @Column('bytea')
  name!: Buffer;

  @Column('bytea')
  email!: Buffer;

  /** By which a second invitation of the same address is noticed, without keeping the address in the clear. */
  @Column('bytea', { name: 'email_index' })
  emailIndex!: Buffer;

  @Column('text')
  status!: PersonStatus;

  @Column('text', { name: 'disabled_reason', nullable: true })
  disabledReason!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** Since when dormancy counts: the end of enrolment, the last sign-in, or an administrator's word. */
  @Column('timestamptz', { name: 'last_active_at', default: () => 'now()' })
  lastActiveAt!: Date;

  /** RFC 6238 secret of the authenticator app, sealed. It opens enrolment and recovery, never a token. */
  @Column('bytea', { name: 'totp_secret', nullable: true })
  totpSecret!: Buffer | null;

  /** The time step of the last code taken: a code is good once. */
  @Column('bigint', { name: 'totp_last_step', nullable: true })
  totpLastStep!: string | null;

  /** The member's handle of the one patient that a patient or a proxy may ask about, sealed. */
  @Column('bytea', { nullable: true })
  patient!: Buffer | null;

  /** When a proxy's right ends. */
  @Column('timestamptz', { name: 'patient_until', nullable: true })
  patientUntil!: Date | null;

  @OneToMany(() => PersonRoleEntity, (role) => role.person, { eager: true })
  roles!: Relation<PersonRoleEntity>[];
}

/** A role, and who gave it. Nobody gives one to themselves. */
@Entity('person_role')
@Check(
  'person_role_role_check',
  `role in ('clinician', 'registrar', 'data-steward', 'participant-administrator', 'exchange-administrator', 'compliance-officer', 'patient', 'proxy')`,
)
@Check('person_role_check', `granted_by <> person_id::text`)
export class PersonRoleEntity {
  @PrimaryColumn('uuid', { name: 'person_id' })
  personId!: string;

  @PrimaryColumn('text')
  role!: Role;

  /** A person's id, or the client through which the operator spoke. */
  @Column('text', { name: 'granted_by' })
  grantedBy!: string;

  @Column('timestamptz', { name: 'granted_at', default: () => 'now()' })
  grantedAt!: Date;

  @ManyToOne(() => PersonEntity, (person) => person.roles, { nullable: false })
  @JoinColumn({ name: 'person_id', foreignKeyConstraintName: 'person_role_person_id_fkey' })
  person!: Relation<PersonEntity>;
}

export const rolesOf = ({ roles }: PersonEntity): readonly Role[] => roles.map(({ role }) => role).sort();
