import type { DatabaseModel } from '@hie/persistence';

import { QueryAnswerEntity, QueryReceiptEntity, QuerySessionEntity } from '../ask-exchange/query-session.entity.js';
import { CreateQueries1790000000000 } from './migrations/1790000000000-create-queries.js';
import { KeepReceiptsApart1795000000000 } from './migrations/1795000000000-keep-receipts-apart.js';
import { HoldAnswersWithTheirBasis1797000000000 } from './migrations/1797000000000-hold-answers-with-their-basis.js';
import { KeepWhereFrom1798000000000 } from './migrations/1798000000000-keep-where-from.js';
import { KeepWhoAsked1799000000000 } from './migrations/1799000000000-keep-who-asked.js';
import { CountToldEvents1799100000000 } from './migrations/1799100000000-count-told-events.js';

export const model: DatabaseModel = {
  entities: [QuerySessionEntity, QueryAnswerEntity, QueryReceiptEntity],
  migrations: [
    CreateQueries1790000000000,
    KeepReceiptsApart1795000000000,
    HoldAnswersWithTheirBasis1797000000000,
    KeepWhereFrom1798000000000,
    KeepWhoAsked1799000000000,
    CountToldEvents1799100000000,
  ],
};
