import type { DatabaseModel } from '@hie/persistence';

import { ConsentVersionEntity } from '../directives/consent.entity.js';
import { CreateConsent1790000000000 } from './migrations/1790000000000-create-consent.js';

export const model: DatabaseModel = { entities: [ConsentVersionEntity], migrations: [CreateConsent1790000000000] };
