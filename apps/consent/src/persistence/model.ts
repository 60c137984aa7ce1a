import type { DatabaseModel } from '@hie/persistence';

import { BreakGlassCaseEntity } from '../break-glass/break-glass-case.entity.js';
import { ConsentVersionEntity } from '../directives/consent.entity.js';
import { CreateConsent1790000000000 } from './migrations/1790000000000-create-consent.js';
import { CreateBreakGlassCase1796000000000 } from './migrations/1796000000000-create-break-glass-case.js';

export const model: DatabaseModel = {
  entities: [ConsentVersionEntity, BreakGlassCaseEntity],
  migrations: [CreateConsent1790000000000, CreateBreakGlassCase1796000000000],
};
