import type { DatabaseModel } from '@hie/persistence';

import { PointerEntity } from '../keep-pointers/pointer.entity.js';
import { CreatePointers1790000000000 } from './migrations/1790000000000-create-pointers.js';
import { CountToldEvents1799100000000 } from './migrations/1799100000000-count-told-events.js';

export const model: DatabaseModel = {
  entities: [PointerEntity],
  migrations: [CreatePointers1790000000000, CountToldEvents1799100000000],
};
