import type { ClientRegistration } from '@hie/contracts';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { MemberEntity } from './member.entity.js';

/** A system of a member that may ask for tokens. It has keys; there is no column for a secret. */
@Entity('client')
export class ClientEntity {
  @PrimaryColumn('text', { name: 'client_id' })
  clientId!: string;

  @ManyToOne(() => MemberEntity, (member) => member.clients, { nullable: false })
  @JoinColumn({ name: 'member_id' })
  member!: Relation<MemberEntity>;

  @Column('jsonb')
  jwks!: ClientRegistration['jwks'];

  @Column('text', { array: true })
  scopes!: string[];

  @Column('text', { array: true })
  purposes!: string[];

  @Column('text', { name: 'auth_method', default: 'private_key_jwt' })
  authMethod!: string;
}
