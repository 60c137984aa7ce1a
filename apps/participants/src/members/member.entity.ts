import type { ClientRegistration, Endpoint, MemberChanged, Site } from '@hie/contracts';
import { Check, Column, Entity, OneToMany, PrimaryColumn, type Relation, VersionColumn } from 'typeorm';

import { ClientEntity } from './client.entity.js';
import { IdentifierSystemEntity } from './identifier-system.entity.js';

@Entity('member')
@Check('member_status_check', `status in ('active', 'suspended')`)
@Check('member_check', `(status = 'suspended') = (suspension is not null)`)
export class MemberEntity {
  @PrimaryColumn('text', { name: 'member_id' })
  memberId!: string;

  @Column('text', { name: 'organization_id', unique: true })
  organizationId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  status!: MemberChanged['status'];

  /** Why it was suspended, and by which client; absent while active. */
  @Column('jsonb', { nullable: true })
  suspension!: { readonly reason: string; readonly by: string; readonly at: string } | null;

  @Column('boolean')
  discloses!: boolean;

  @Column('jsonb')
  sites!: readonly Site[];

  @Column('jsonb')
  endpoints!: readonly Endpoint[];

  @OneToMany(() => ClientEntity, (client) => client.member, { cascade: true, eager: true })
  clients!: Relation<ClientEntity>[];

  @OneToMany(() => IdentifierSystemEntity, (system) => system.member, { cascade: true, eager: true })
  identifierSystems!: Relation<IdentifierSystemEntity>[];

  @VersionColumn({ name: 'version' })
  version!: number;
}

/** What the other services must know of a member. */
export const registrationsOf = (member: MemberEntity): ClientRegistration[] =>
  member.clients.map(({ clientId, jwks, scopes, purposes, boundBy }) => ({
    clientId,
    jwks,
    scopes,
    purposes,
    boundBy,
  }));
