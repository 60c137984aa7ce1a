import { FieldEncryptionModule, MemberDirectoryModule, ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';

import { IdentifyPatientConsumer } from './identify-patient/identify-patient.consumer.js';
import { IdentifyPatientHandler } from './identify-patient/identify-patient.handler.js';
import { IdentityBuilder } from './identity-store/identity-builder.js';
import { IdentityEventRepository } from './identity-store/identity-event.repository.js';
import { IdentityIndex } from './identity-store/identity-index.js';
import { IdentityProjection } from './identity-store/identity-projection.js';
import { IdentitySnapshots } from './identity-store/identity-snapshots.js';
import { IdentityWriter } from './identity-store/identity-writer.js';
import { SourceRecordRepository } from './identity-store/source-record.repository.js';
import type { PatientIndexConfig } from './patient-index.config.js';
import { model } from './persistence/model.js';
import { RegisterRecordController } from './register-record/register-record.controller.js';
import { RegisterRecordHandler } from './register-record/register-record.handler.js';
import { RegistrationAnnouncer } from './register-record/registration.announcer.js';

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
      controllers: [IdentifyPatientConsumer, RegisterRecordController],
      providers: [
        IdentityIndex,
        IdentityBuilder,
        IdentitySnapshots,
        IdentityProjection,
        IdentityEventRepository,
        IdentityWriter,
        SourceRecordRepository,
        IdentifyPatientHandler,
        RegisterRecordHandler,
        RegistrationAnnouncer,
      ],
    };
  }
}
