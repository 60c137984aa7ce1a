import { type ServiceConfig, ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';

import { MembersController } from './members/members.controller.js';
import { MembersHandler } from './members/members.handler.js';
import { model } from './persistence/model.js';

@Module({})
export class ParticipantsModule {
  static forRoot(config: ServiceConfig): DynamicModule {
    return {
      module: ParticipantsModule,
      imports: [ServiceModule.forRoot({ service: 'participants', config, model })],
      controllers: [MembersController],
      providers: [MembersHandler],
    };
  }
}
