import type { DatabaseModel } from '@hie/persistence';

import { IndexWriterEntity } from '../follow-writer/index-writer.entity.js';
import { IdentityEventEntity } from '../identity-store/identity-event.entity.js';
import { PersonEntity } from '../identity-store/person.entity.js';
import { RefusedPairEntity } from '../identity-store/refused-pair.entity.js';
import { SourceRecordEntity } from '../identity-store/source-record.entity.js';
import { NamedPersonEntity } from '../merge-persons/named-person.entity.js';
import { RetractedRecordEntity } from '../retract-record/retracted-record.entity.js';
import { ReviewEntity } from '../review-identities/review.entity.js';
import { MatchModelEntity } from '../promote-model/match-model.entity.js';
import { CreateIdentity1790000000000 } from './migrations/1790000000000-create-identity.js';
import { IdentityAsEvents1796000000000 } from './migrations/1796000000000-identity-as-events.js';
import { PromoteModel1796000200000 } from './migrations/1796000200000-promote-model.js';
import { ReviewIdentities1796000100000 } from './migrations/1796000100000-review-identities.js';
import { OneWriter1797000000000 } from './migrations/1797000000000-one-writer.js';
import { RetractRecord1797000100000 } from './migrations/1797000100000-retract-record.js';
import { CountToldEvents1799100000000 } from './migrations/1799100000000-count-told-events.js';

export const model: DatabaseModel = {
  entities: [
    IdentityEventEntity,
    PersonEntity,
    SourceRecordEntity,
    ReviewEntity,
    RefusedPairEntity,
    NamedPersonEntity,
    MatchModelEntity,
    IndexWriterEntity,
    RetractedRecordEntity,
  ],
  migrations: [
    CreateIdentity1790000000000,
    IdentityAsEvents1796000000000,
    ReviewIdentities1796000100000,
    PromoteModel1796000200000,
    OneWriter1797000000000,
    RetractRecord1797000100000,
    CountToldEvents1799100000000,
  ],
};
