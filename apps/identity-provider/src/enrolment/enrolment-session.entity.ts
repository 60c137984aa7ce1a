import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** `app`: the code of the authenticator app is still wanted. `passkeys`: passkeys may be registered, and nothing else. */
export type EnrolmentStage = 'app' | 'passkeys';

/** What an invitation opens, or a sign-in with a first passkey: a scope in which passkeys are registered. It yields no token. */
@Entity('enrolment_session')
@Check('enrolment_session_stage_check', `stage in ('app', 'passkeys')`)
@Index('enrolment_session_expires_at', ['expiresAt'])
export class EnrolmentSessionEntity {
  /** SHA-256 of the cookie. */
  @PrimaryColumn('bytea', { name: 'cookie_hash' })
  cookieHash!: Buffer;

  @Column('uuid', { name: 'person_id' })
  personId!: string;

  @Column('uuid', { name: 'invitation_id', nullable: true })
  invitationId!: string | null;

  @Column('text')
  stage!: EnrolmentStage;

  /** The secret on show while the app is being set up, sealed; absent where the app is set up already. */
  @Column('bytea', { name: 'totp_draft', nullable: true })
  totpDraft!: Buffer | null;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;
}
