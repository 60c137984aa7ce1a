import type { DatabaseModel } from '@hie/persistence';

import { ClientEntity } from '../members/client.entity.js';
import { IdentifierSystemEntity } from '../members/identifier-system.entity.js';
import { MemberEntity } from '../members/member.entity.js';
import { WithdrawnKeyEntity } from '../members/withdrawn-key.entity.js';
import { CreateMembers1790000000000 } from './migrations/1790000000000-create-members.js';
import { BindByCertificate1797100000000 } from './migrations/1797100000000-bind-by-certificate.js';
import { WithdrawKeys1797000000000 } from './migrations/1797000000000-withdraw-keys.js';
import { CountToldEvents1799100000000 } from './migrations/1799100000000-count-told-events.js';

export const model: DatabaseModel = {
  entities: [MemberEntity, ClientEntity, IdentifierSystemEntity, WithdrawnKeyEntity],
  migrations: [
    CreateMembers1790000000000,
    WithdrawKeys1797000000000,
    BindByCertificate1797100000000,
    CountToldEvents1799100000000,
  ],
};
