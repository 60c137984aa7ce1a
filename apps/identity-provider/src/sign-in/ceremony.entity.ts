import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A WebAuthn challenge that was given out. Taking it removes it: an answer counts once. */
@Entity('ceremony')
@Index('ceremony_expires_at', ['expiresAt'])
export class CeremonyEntity {
  /** base64url */
  @PrimaryColumn('text')
  challenge!: string;

  /** The interaction or enrolment session it was given to; an answer from elsewhere is none. */
  @Column('text', { name: 'bound_to' })
  boundTo!: string;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;
}
