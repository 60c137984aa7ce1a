import type { DatabaseModel } from '@hie/persistence';

import { EntryEntity } from '../append-event/entry.entity.js';
import { CreateLedger1790000000000 } from './migrations/1790000000000-create-ledger.js';

export const model: DatabaseModel = { entities: [EntryEntity], migrations: [CreateLedger1790000000000] };
