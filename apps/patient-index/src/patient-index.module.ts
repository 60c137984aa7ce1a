import { FieldEncryptionModule, MemberDirectoryModule, ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';

import { Quarantine } from './detect-overlay/quarantine.js';
import { IdentityFollower } from './follow-writer/identity-follower.js';
import { IdentityProjection } from './follow-writer/identity-projection.js';
import { IndexFreshness } from './follow-writer/index-freshness.js';
import { SeatHolder } from './follow-writer/seat-holder.js';
import { TakeOver } from './follow-writer/take-over.js';
import { WriterSeat } from './follow-writer/writer-seat.js';
import { IdentifyPatientConsumer } from './identify-patient/identify-patient.consumer.js';
import { IdentifyPatientHandler } from './identify-patient/identify-patient.handler.js';
import { ForgottenMembers } from './identity-store/forgotten-members.js';
import { IdentityAnnouncer } from './identity-store/identity.announcer.js';
import { IdentityChangeStore } from './identity-store/identity-change.store.js';
import { IdentityBuilder } from './identity-store/identity-builder.js';
import { IdentityEventRepository } from './identity-store/identity-event.repository.js';
import { IdentityIndex } from './identity-store/identity-index.js';
import { IdentitySnapshots } from './identity-store/identity-snapshots.js';
import { IdentityWriter } from './identity-store/identity-writer.js';
import { SourceRecordRepository } from './identity-store/source-record.repository.js';
import { StandingDecisions } from './identity-store/standing-decisions.js';
import { DisclosureReport } from './merge-persons/disclosure-report.js';
import { MergesHandler } from './merge-persons/merges.handler.js';
import { DisclosureIndex, NamedPersons } from './merge-persons/named-persons.js';
import { PartingsHandler } from './merge-persons/partings.handler.js';
import { PastMerges } from './merge-persons/past-merges.js';
import { PersonHistories } from './merge-persons/person-history.js';
import { PersonMoves } from './merge-persons/person-moves.js';
import { PersonsController } from './merge-persons/persons.controller.js';
import type { PatientIndexConfig } from './patient-index.config.js';
import { model } from './persistence/model.js';
import { ModelsController } from './promote-model/models.controller.js';
import { ModelsHandler } from './promote-model/models.handler.js';
import { ChangeRecord } from './register-record/change-record.js';
import { CreateRecord } from './register-record/create-record.js';
import { PlaceRecord } from './register-record/place-record.js';
import { RegisterRecordController } from './register-record/register-record.controller.js';
import { RegisterRecordHandler } from './register-record/register-record.handler.js';
import { SubsumeRecord } from './register-record/subsume-record.js';
import { RetractRecordHandler } from './retract-record/retract-record.handler.js';
import { Tombstones } from './retract-record/tombstones.js';
import { AskAgain } from './review-identities/ask-again.js';
import { ReviewOutcomes } from './review-identities/review-outcomes.js';
import { ReviewReader } from './review-identities/review-reader.js';
import { ReviewRepository } from './review-identities/review.repository.js';
import { ReviewsController } from './review-identities/reviews.controller.js';
import { ReviewsHandler } from './review-identities/reviews.handler.js';

@Module({})
export class PatientIndexModule {
  static forRoot(config: PatientIndexConfig): DynamicModule {
    return {
      module: PatientIndexModule,
      imports: [
        ServiceModule.forRoot({ service: 'patient-index', config, model }),
        MemberDirectoryModule,
        FieldEncryptionModule,
      ],
      controllers: [
        IdentifyPatientConsumer,
        RegisterRecordController,
        ReviewsController,
        PersonsController,
        ModelsController,
      ],
      providers: [
        IdentityIndex,
        IdentityBuilder,
        ForgottenMembers,
        IdentitySnapshots,
        IdentityProjection,
        IdentityEventRepository,
        IdentityChangeStore,
        IdentityWriter,
        WriterSeat,
        IdentityFollower,
        IndexFreshness,
        TakeOver,
        SeatHolder,
        SourceRecordRepository,
        IdentifyPatientHandler,
        RegisterRecordHandler,
        CreateRecord,
        ChangeRecord,
        SubsumeRecord,
        PlaceRecord,
        Tombstones,
        RetractRecordHandler,
        Quarantine,
        AskAgain,
        ReviewRepository,
        ReviewReader,
        ReviewOutcomes,
        ReviewsHandler,
        PersonMoves,
        PersonHistories,
        PastMerges,
        MergesHandler,
        PartingsHandler,
        DisclosureReport,
        ModelsHandler,
        { provide: DisclosureIndex, useClass: NamedPersons },
        IdentityAnnouncer,
        StandingDecisions,
      ],
    };
  }
}
