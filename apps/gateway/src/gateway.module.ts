import { FieldEncryptionModule, MemberDirectoryModule, PersonStandingsModule, ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';

import { Admission } from './ask-exchange/admission.js';
import { AnswerReadings } from './ask-exchange/answer-readings.js';
import { AnswerRelease } from './ask-exchange/answer-release.js';
import { AnswersConsumer } from './ask-exchange/answers.consumer.js';
import { AskExchange } from './ask-exchange/ask-exchange.js';
import { OutgoingQuestions } from './ask-exchange/outgoing-questions.js';
import { PendingQueries } from './ask-exchange/pending-queries.js';
import { QueryEnding } from './ask-exchange/query-ending.js';
import { QuerySweeper } from './ask-exchange/query-sweeper.js';
import { RememberedQueries } from './ask-exchange/remembered-queries.js';
import { ReleaseGate } from './ask-exchange/release-gate.js';
import { SessionStore } from './ask-exchange/session.store.js';
import { TransactionTokens } from './ask-exchange/transaction.js';
import { WithheldAnswers } from './ask-exchange/withheld-answers.js';
import { BreakGlassController } from './break-glass/break-glass.controller.js';
import { CdsHooksController } from './cds-hooks/cds-hooks.controller.js';
import { AccessTokenStrategy } from './edge/access-token.strategy.js';
import { EdgeGuard } from './edge/edge.guard.js';
import { IssuerKeys } from './edge/issuer-keys.js';
import { PersonGuard } from './edge/person.guard.js';
import { PatientHandles } from './edge/patient-handle.js';
import { SelfRegisteredClientsConsumer } from './edge/self-registered-clients.consumer.js';
import { SelfRegisteredClients } from './edge/self-registered-clients.js';
import { SmartConfigurationController } from './edge/smart-configuration.controller.js';
import { UdapMetadata } from './edge/udap-metadata.js';
import { UdapMetadataController } from './edge/udap-metadata.controller.js';
import { AskAtDoor } from './fhir-doors/ask-at-door.js';
import { MatchController } from './fhir-doors/match.controller.js';
import { MetadataController } from './fhir-doors/metadata.controller.js';
import { RecordsController } from './fhir-doors/records.controller.js';
import { AccountingController } from './forward/accounting.controller.js';
import { AuditEventsController } from './forward/audit-events.controller.js';
import { BreakGlassNoticesController } from './forward/break-glass-notices.controller.js';
import { ClientKeysController } from './forward/client-keys.controller.js';
import { DeadLettersController } from './forward/dead-letters.controller.js';
import { ErasureController } from './forward/erasure.controller.js';
import { RetentionController } from './forward/retention.controller.js';
import { ForwardIdentityController } from './forward/forward-identity.controller.js';
import { PeopleController } from './forward/people.controller.js';
import { ForwardController } from './forward/forward.controller.js';
import { OwnerClient } from './forward/owner-client.js';
import { ReviewCasesController } from './forward/review-cases.controller.js';
import type { GatewayConfig } from './gateway.config.js';
import { OpenApiController } from './http/open-api.controller.js';
import { OutcomeFilter } from './http/outcome.filter.js';
import { RefusalRecorder } from './http/refusal-recorder.js';
import { AddressThrottler, ClientThrottler } from './http/throttlers.js';
import { model } from './persistence/model.js';
import { QueriesController } from './queries/queries.controller.js';
import { StageViews } from './queries/stage-views.js';

const edge = [
  IssuerKeys,
  AccessTokenStrategy,
  EdgeGuard,
  SelfRegisteredClients,
  UdapMetadata,
  PersonGuard,
  AddressThrottler,
  ClientThrottler,
  PatientHandles,
  OutcomeFilter,
  RefusalRecorder,
];

const asking = [
  Admission,
  TransactionTokens,
  AskExchange,
  OutgoingQuestions,
  QueryEnding,
  PendingQueries,
  RememberedQueries,
  SessionStore,
  QuerySweeper,
  ReleaseGate,
  WithheldAnswers,
  AnswerRelease,
  AnswerReadings,
];

@Module({})
export class GatewayModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        ServiceModule.forRoot({ service: 'gateway', config, model }),
        MemberDirectoryModule,
        PersonStandingsModule,
        FieldEncryptionModule,
        PassportModule,
      ],
      controllers: [
        SmartConfigurationController,
        UdapMetadataController,
        MetadataController,
        OpenApiController,
        CdsHooksController,
        MatchController,
        RecordsController,
        QueriesController,
        ForwardController,
        ClientKeysController,
        ErasureController,
        RetentionController,
        AuditEventsController,
        AccountingController,
        ForwardIdentityController,
        PeopleController,
        BreakGlassController,
        BreakGlassNoticesController,
        ReviewCasesController,
        DeadLettersController,
        AnswersConsumer,
        SelfRegisteredClientsConsumer,
      ],
      providers: [...edge, ...asking, AskAtDoor, OwnerClient, StageViews],
    };
  }
}
