import type { ClientRegistration } from '@hie/contracts';
import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { MemberEntity } from './member.entity.js';

/** A system of a member that may ask for tokens. It has keys; there is no column for a secret. */
@Entity('client')
@Check(
  'client_jwks_check',
  `jsonb_path_exists(jwks, '$.keys[*].kty') and not jsonb_path_exists(jwks, '$.keys[*].d') and not jsonb_path_exists(jwks, '$.keys[*].k')`,
)
@Check(
  'client_auth_method_check',
  `auth_method in ('private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth')`,
)
@Check('client_bound_by_check', `bound_by in ('dpop', 'certificate')`)
export class ClientEntity {
  @PrimaryColumn('text', { name: 'client_id' })
  clientId!: string;

  @ManyToOne(() => MemberEntity, (member) => member.clients, { nullable: false })
  @JoinColumn({ name: 'member_id', foreignKeyConstraintName: 'client_member_id_fkey' })
  member!: Relation<MemberEntity>;

  @Column('jsonb')
  jwks!: ClientRegistration['jwks'];

  @Column('text', { array: true })
  scopes!: string[];

  @Column('text', { array: true })
  purposes!: string[];

  @Column('text', { name: 'auth_method', default: 'private_key_jwt' })
  authMethod!: string;

  /** What its tokens are bound to. */
  @Column('text', { name: 'bound_by', default: 'dpop' })
  boundBy!: NonNullable<ClientRegistration['boundBy']>;
}
