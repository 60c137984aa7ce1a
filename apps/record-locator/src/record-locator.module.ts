import { MemberKeys } from '@hie/persistence';
import { FieldEncryptionModule, MemberDirectoryModule, type ServiceConfig, ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module, type OnModuleInit } from '@nestjs/common';

import { KeepPointersConsumer } from './keep-pointers/keep-pointers.consumer.js';
import { PointerRepository } from './keep-pointers/pointer.repository.js';
import { LocateRecordsConsumer } from './locate-records/locate-records.consumer.js';
import { LocateRecordsHandler } from './locate-records/locate-records.handler.js';
import { ResponseTimes } from './locate-records/response-times.js';
import { model } from './persistence/model.js';

@Module({})
export class RecordLocatorModule implements OnModuleInit {
  constructor(private readonly keys: MemberKeys) {}

  static forRoot(config: ServiceConfig): DynamicModule {
    return {
      module: RecordLocatorModule,
      imports: [
        ServiceModule.forRoot({ service: 'record-locator', config, model }),
        MemberDirectoryModule,
        FieldEncryptionModule,
      ],
      controllers: [LocateRecordsConsumer, KeepPointersConsumer],
      providers: [LocateRecordsHandler, PointerRepository, ResponseTimes],
    };
  }

  onModuleInit(): Promise<void> {
    return this.keys.load();
  }
}
