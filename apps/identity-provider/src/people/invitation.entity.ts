import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** `enrolment`: the first time. `recovery`: the authenticators are lost; wants a second administrator, and time. */
export type InvitationKind = 'enrolment' | 'recovery';

/** A code that opens enrolment once. Kept as its digest: whoever reads the table can use none. */
@Entity('invitation')
@Check('invitation_kind_check', `kind in ('enrolment', 'recovery')`)
@Check('invitation_check', `(code_hash is null) = (usable_at is null) and (kind = 'recovery' or code_hash is not null)`)
@Check('invitation_check1', `kind = 'enrolment' or (approved_by is null) = (code_hash is null)`)
@Check(
  'invitation_check2',
  `approved_by <> issued_by and issued_by <> person_id::text and approved_by <> person_id::text`,
)
@Index('invitation_code_hash', ['codeHash'], { unique: true })
@Index('invitation_person', ['personId'])
export class InvitationEntity {
  @PrimaryColumn('uuid', { name: 'invitation_id' })
  invitationId!: string;

  @Column('uuid', { name: 'person_id' })
  personId!: string;

  @Column('text')
  kind!: InvitationKind;

  /** SHA-256 of the code; absent until a recovery is approved. */
  @Column('bytea', { name: 'code_hash', nullable: true })
  codeHash!: Buffer | null;

  @Column('text', { name: 'issued_by' })
  issuedBy!: string;

  @Column('text', { name: 'approved_by', nullable: true })
  approvedBy!: string | null;

  /** Whether the authenticator app is lost too; its code is asked for otherwise. */
  @Column('boolean', { name: 'app_lost' })
  appLost!: boolean;

  @Column('timestamptz', { name: 'issued_at', default: () => 'now()' })
  issuedAt!: Date;

  /** Not before: a recovery waits, so that its owner can object. */
  @Column('timestamptz', { name: 'usable_at', nullable: true })
  usableAt!: Date | null;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  /** Wrong codes of the app so far, in all sessions that the code has opened. */
  @Column('integer', { default: 0 })
  failures!: number;

  /** When it was used, or spent by too many wrong codes. */
  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt!: Date | null;
}
