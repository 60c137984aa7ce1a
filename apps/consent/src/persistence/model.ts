import type { DatabaseModel } from '@hie/persistence';

import { BreakGlassCaseEntity } from '../break-glass/break-glass-case.entity.js';
import { BreakGlassLinkEntity } from '../break-glass/break-glass-link.entity.js';
import { BreakGlassNoticeEntity } from '../break-glass/break-glass-notice.entity.js';
import { ConsentVersionEntity } from '../directives/consent.entity.js';
import { CreateConsent1790000000000 } from './migrations/1790000000000-create-consent.js';
import { CreateBreakGlassCase1796000000000 } from './migrations/1796000000000-create-break-glass-case.js';
import { NotifyOfBrokenGlass1797000000000 } from './migrations/1797000000000-notify-of-broken-glass.js';
import { CountToldEvents1799100000000 } from './migrations/1799100000000-count-told-events.js';

export const model: DatabaseModel = {
  entities: [ConsentVersionEntity, BreakGlassCaseEntity, BreakGlassLinkEntity, BreakGlassNoticeEntity],
  migrations: [
    CreateConsent1790000000000,
    CreateBreakGlassCase1796000000000,
    NotifyOfBrokenGlass1797000000000,
    CountToldEvents1799100000000,
  ],
};
