import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What `oidc-provider` keeps: replay guards now, sessions and grants of people later. Never a client's secret. */
@Entity('oidc_payload')
@Check('oidc_payload_payload_check', `not payload ? 'client_secret'`)
@Index('oidc_payload_expires_at', ['expiresAt'])
@Index('oidc_payload_grant', ['grantId'], { where: 'grant_id is not null' })
@Index('oidc_payload_uid', ['model', 'uid'], { unique: true, where: 'uid is not null' })
export class OidcPayloadEntity {
  @PrimaryColumn('text')
  model!: string;

  @PrimaryColumn('text')
  id!: string;

  @Column('jsonb')
  payload!: object;

  @Column('text', { name: 'grant_id', nullable: true })
  grantId!: string | null;

  @Column('text', { nullable: true })
  uid!: string | null;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { name: 'consumed_at', nullable: true })
  consumedAt!: Date | null;
}
