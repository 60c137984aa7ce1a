import type { DatabaseModel } from '@hie/persistence';

import { QueryAnswerEntity, QuerySessionEntity } from '../ask-exchange/query-session.entity.js';
import { CreateQueries1790000000000 } from './migrations/1790000000000-create-queries.js';

export const model: DatabaseModel = {
  entities: [QuerySessionEntity, QueryAnswerEntity],
  migrations: [CreateQueries1790000000000],
};
