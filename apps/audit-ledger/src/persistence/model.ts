import type { DatabaseModel } from '@hie/persistence';

import { EntryEntity } from '../append-event/entry.entity.js';
import { CheckpointEntity } from '../ask-witnesses/checkpoint.entity.js';
import { LegalHoldEntity } from '../erase-patient/legal-hold.entity.js';
import { PersonStandingEntity } from '../follow-merges/person-standing.entity.js';
import { PatientKeyEntity } from '../patient-keys/patient-key.entity.js';
import { CaseEventEntity } from '../review-cases/case-event.entity.js';
import { GlassReportEntity } from '../review-cases/glass-report.entity.js';
import { ReviewCaseEntity } from '../review-cases/review-case.entity.js';
import { CreateLedger1790000000000 } from './migrations/1790000000000-create-ledger.js';
import { KeepCheckpoints1790000000001 } from './migrations/1790000000001-keep-checkpoints.js';
import { SealEntries1796000000000 } from './migrations/1796000000000-seal-entries.js';
import { IndexEntries1796000000010 } from './migrations/1796000000010-index-entries.js';
import { KeepCases1796000000020 } from './migrations/1796000000020-keep-cases.js';
import { ReportBrokenGlasses1797000000000 } from './migrations/1797000000000-report-broken-glasses.js';
import { PartCheckpoints1798000000000 } from './migrations/1798000000000-part-checkpoints.js';
import { DropEntries1799000000000 } from './migrations/1799000000000-drop-entries.js';
import { CountToldEvents1799100000000 } from './migrations/1799100000000-count-told-events.js';
import { AwaitToldEvents1799100000001 } from './migrations/1799100000001-await-told-events.js';
import { FollowMerges1803000000000 } from './migrations/1803000000000-follow-merges.js';
import { IndexAddresses1803000000010 } from './migrations/1803000000010-index-addresses.js';

export const model: DatabaseModel = {
  entities: [
    EntryEntity,
    CheckpointEntity,
    PatientKeyEntity,
    LegalHoldEntity,
    CaseEventEntity,
    ReviewCaseEntity,
    GlassReportEntity,
    PersonStandingEntity,
  ],
  migrations: [
    CreateLedger1790000000000,
    KeepCheckpoints1790000000001,
    SealEntries1796000000000,
    IndexEntries1796000000010,
    KeepCases1796000000020,
    ReportBrokenGlasses1797000000000,
    PartCheckpoints1798000000000,
    DropEntries1799000000000,
    CountToldEvents1799100000000,
    AwaitToldEvents1799100000001,
    FollowMerges1803000000000,
    IndexAddresses1803000000010,
  ],
};
