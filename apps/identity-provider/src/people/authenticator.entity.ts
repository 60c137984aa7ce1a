import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** `suspended`: its counter went back, so there may be two of it. `revoked`: lost, or replaced by a recovery. */
export type AuthenticatorStatus = 'active' | 'suspended' | 'revoked';

/** A WebAuthn credential: public key, and what tells a copy from the original. */
@Entity('authenticator')
@Check('authenticator_status_check', `status in ('active', 'suspended', 'revoked')`)
@Check('authenticator_device_type_check', `device_type in ('singleDevice', 'multiDevice')`)
@Check('authenticator_counter_check', 'counter >= 0')
@Index('authenticator_person', ['personId'])
export class AuthenticatorEntity {
  /** base64url */
  @PrimaryColumn('text', { name: 'credential_id' })
  credentialId!: string;

  @Column('uuid', { name: 'person_id' })
  personId!: string;

  /** COSE key. */
  @Column('bytea', { name: 'public_key' })
  publicKey!: Buffer;

  /** Signatures it has made, as it last said; 0 for ever where a passkey is synchronised. */
  @Column('bigint')
  counter!: string;

  @Column('text', { array: true })
  transports!: string[];

  @Column('text', { name: 'device_type' })
  deviceType!: 'singleDevice' | 'multiDevice';

  @Column('boolean', { name: 'backed_up' })
  backedUp!: boolean;

  @Column('text')
  status!: AuthenticatorStatus;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;
}
