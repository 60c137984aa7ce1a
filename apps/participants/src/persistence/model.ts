import type { DatabaseModel } from '@hie/persistence';

import { ClientEntity } from '../members/client.entity.js';
import { IdentifierSystemEntity } from '../members/identifier-system.entity.js';
import { MemberEntity } from '../members/member.entity.js';
import { CreateMembers1790000000000 } from './migrations/1790000000000-create-members.js';

export const model: DatabaseModel = {
  entities: [MemberEntity, ClientEntity, IdentifierSystemEntity],
  migrations: [CreateMembers1790000000000],
};
