import { MemberDirectoryModule, ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';

import { AccountDisclosuresController } from './account-disclosures/account-disclosures.controller.js';
import { AccountDisclosuresHandler } from './account-disclosures/account-disclosures.handler.js';
import { AccountStore } from './account-disclosures/account.store.js';
import { AppendEventConsumer } from './append-event/append-event.consumer.js';
import { AppendEventHandler } from './append-event/append-event.handler.js';
import { EntryStore } from './append-event/entry.store.js';
import { Sequencer } from './append-event/sequencer.js';
import { StandingEntries } from './append-event/standing-entries.js';
import { CheckpointStore } from './ask-witnesses/checkpoint.store.js';
import { Witnessing } from './ask-witnesses/witnessing.js';
import type { AuditLedgerConfig } from './audit-ledger.config.js';
import { ErasePatientController } from './erase-patient/erase-patient.controller.js';
import { KeyDestruction } from './erase-patient/key-destruction.js';
import { LegalHolds } from './erase-patient/legal-holds.js';
import { PatientEraser } from './erase-patient/patient-eraser.js';
import { FollowMergesConsumer } from './follow-merges/follow-merges.consumer.js';
import { OrderReader } from './keep-orders/order-reader.js';
import { OrderWatch } from './keep-orders/order-watch.js';
import { HandOverSignal } from './keep-shards/hand-over-signal.js';
import { LEDGER_CLOCK } from './keep-shards/ledger-clock.js';
import { ShardKeeper } from './keep-shards/shard-keeper.js';
import { LedgerKeys } from './patient-keys/ledger-keys.js';
import { PatientKeyRewrapper } from './patient-keys/patient-key-rewrapper.js';
import { PatientKeys } from './patient-keys/patient-keys.js';
import { model } from './persistence/model.js';
import { ExtentController } from './read-log/extent.controller.js';
import { FileLogView } from './read-log/file-log-view.js';
import { FreshnessController } from './read-log/freshness.controller.js';
import { FreshnessWatch } from './read-log/freshness-watch.js';
import { LogCopy } from './read-log/log-copy.js';
import { LogView } from './read-log/log-view.js';
import { SequencerLogView } from './read-log/sequencer-log-view.js';
import { LoggedTrail } from './read-entries/logged-trail.js';
import { PlacedEntries } from './read-entries/placed-entries.js';
import { SealedEntries } from './read-entries/sealed-entries.js';
import { RetainShardsController } from './retain-shards/retain-shards.controller.js';
import { RetentionStore } from './retain-shards/retention.store.js';
import { ShardRetention } from './retain-shards/shard-retention.js';
import { BreakGlassWatch } from './review-cases/break-glass-watch.js';
import { CaseCipher } from './review-cases/case-cipher.js';
import { CaseRepair } from './review-cases/case-repair.js';
import { CaseStore } from './review-cases/case.store.js';
import { EvidenceEntries } from './review-cases/evidence-entries.js';
import { GlassReports } from './review-cases/glass-reports.js';
import { ReviewCasesController } from './review-cases/review-cases.controller.js';
import { ReviewCasesHandler } from './review-cases/review-cases.handler.js';
import { TransactionEntries } from './review-cases/transaction-entries.js';
import { EntryPageStore } from './search-audit-events/entry-page.store.js';
import { SearchAuditEventsController } from './search-audit-events/search-audit-events.controller.js';
import { SearchAuditEventsHandler } from './search-audit-events/search-audit-events.handler.js';
import { SearchEntriesController } from './search-entries/search-entries.controller.js';
import { ServeCheckpointsController } from './serve-checkpoints/serve-checkpoints.controller.js';
import { ServeLogController } from './serve-log/serve-log.controller.js';
import { ServeProofsController } from './serve-proofs/serve-proofs.controller.js';
import { WitnessStatusController } from './serve-checkpoints/witness-status.controller.js';
import { ChainStore } from './watch-completeness/chain.store.js';
import { CompletenessWatch } from './watch-completeness/completeness-watch.js';
import { GapAlerts } from './watch-completeness/gap-alerts.js';
import { TalliesConsumer } from './watch-completeness/tallies.consumer.js';
import { TallyStore } from './watch-completeness/tally.store.js';
import { TallyWatch } from './watch-completeness/tally-watch.js';
import { ProjectionWatch } from './watch-projection/projection-watch.js';
import { TamperAlarm } from './watch-projection/tamper-alarm.js';

/** What every process does: serve the log's files, and search. */
const reading = {
  controllers: [
    ServeLogController,
    ServeCheckpointsController,
    ServeProofsController,
    ExtentController,
    SearchEntriesController,
    SearchAuditEventsController,
    AccountDisclosuresController,
  ],
  providers: [
    LedgerKeys,
    PatientKeys,
    SealedEntries,
    PlacedEntries,
    LoggedTrail,
    EntryPageStore,
    SearchAuditEventsHandler,
    AccountStore,
    AccountDisclosuresHandler,
    CheckpointStore,
  ],
};

/** What only the one writer of the log does. */
const sequencing = {
  controllers: [
    AppendEventConsumer,
    TalliesConsumer,
    FollowMergesConsumer,
    WitnessStatusController,
    ReviewCasesController,
    ErasePatientController,
    RetainShardsController,
  ],
  providers: [
    { provide: LogView, useClass: SequencerLogView },
    KeyDestruction,
    PatientEraser,
    OrderReader,
    OrderWatch,
    PatientKeyRewrapper,
    LegalHolds,
    CaseCipher,
    CaseStore,
    CaseRepair,
    TransactionEntries,
    EvidenceEntries,
    ReviewCasesHandler,
    GlassReports,
    BreakGlassWatch,
    EntryStore,
    StandingEntries,
    ShardKeeper,
    { provide: LEDGER_CLOCK, useValue: Date.now },
    Sequencer,
    HandOverSignal,
    RetentionStore,
    ShardRetention,
    Witnessing,
    ChainStore,
    GapAlerts,
    CompletenessWatch,
    TallyStore,
    TallyWatch,
    TamperAlarm,
    ProjectionWatch,
    AppendEventHandler,
  ],
};

/** A replica consumes nothing but who takes part, signs nothing, and asks no witness. */
const replicating = {
  controllers: [FreshnessController],
  providers: [LogCopy, { provide: LogView, useClass: FileLogView }, FreshnessWatch],
};

@Module({})
export class AuditLedgerModule {
  static forRoot(config: AuditLedgerConfig): DynamicModule {
    const role = config.LEDGER_ROLE === 'replica' ? replicating : sequencing;
    return {
      module: AuditLedgerModule,
      imports: [ServiceModule.forRoot({ service: 'audit-ledger', config, model }), MemberDirectoryModule],
      controllers: [...reading.controllers, ...role.controllers],
      providers: [...reading.providers, ...role.providers],
    };
  }
}
