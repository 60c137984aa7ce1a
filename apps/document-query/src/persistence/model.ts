import type { DatabaseModel } from '@hie/persistence';

import { CreateRetryState1790000000000 } from './migrations/1790000000000-create-retry-state.js';
import { CountToldEvents1799100000000 } from './migrations/1799100000000-count-told-events.js';

export const model: DatabaseModel = {
  entities: [],
  migrations: [CreateRetryState1790000000000, CountToldEvents1799100000000],
};
