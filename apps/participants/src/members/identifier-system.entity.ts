import { Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { MemberEntity } from './member.entity.js';

/** An authority that assigns patient identifiers; it belongs to one member, and no other may feed under it. */
@Entity('identifier_system')
export class IdentifierSystemEntity {
  @PrimaryColumn('text')
  system!: string;

  @ManyToOne(() => MemberEntity, (member) => member.identifierSystems, { nullable: false })
  @JoinColumn({ name: 'member_id', foreignKeyConstraintName: 'identifier_system_member_id_fkey' })
  member!: Relation<MemberEntity>;
}
