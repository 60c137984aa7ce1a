import type { DatabaseModel } from '@hie/persistence';

import { IdentityEventEntity } from '../identity-store/identity-event.entity.js';
import { PersonEntity } from '../identity-store/person.entity.js';
import { SourceRecordEntity } from '../identity-store/source-record.entity.js';
import { CreateIdentity1790000000000 } from './migrations/1790000000000-create-identity.js';
import { IdentityAsEvents1796000000000 } from './migrations/1796000000000-identity-as-events.js';

export const model: DatabaseModel = {
  entities: [IdentityEventEntity, PersonEntity, SourceRecordEntity],
  migrations: [CreateIdentity1790000000000, IdentityAsEvents1796000000000],
};
