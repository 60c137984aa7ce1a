import { MemberDirectoryModule, PersonStandingsModule, ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';

import { AnswerQueryConsumer } from './answer-query/answer-query.consumer.js';
import { AnswerQueryHandler } from './answer-query/answer-query.handler.js';
import type { DocumentQueryConfig } from './document-query.config.js';
import { MemberClients } from './member-client/member-clients.js';
import { model } from './persistence/model.js';

@Module({})
export class DocumentQueryModule {
  static forRoot(config: DocumentQueryConfig): DynamicModule {
    return {
      module: DocumentQueryModule,
      imports: [
        ServiceModule.forRoot({ service: 'document-query', config, model }),
        MemberDirectoryModule,
        PersonStandingsModule,
      ],
      controllers: [AnswerQueryConsumer],
      providers: [AnswerQueryHandler, MemberClients],
    };
  }
}
