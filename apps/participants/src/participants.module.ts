import { ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';

import { MembersController } from './members/members.controller.js';
import { MembersHandler } from './members/members.handler.js';
import { ReachableEndpoints } from './members/reachable-endpoints.js';
import type { ParticipantsConfig } from './participants.config.js';
import { model } from './persistence/model.js';

@Module({})
export class ParticipantsModule {
  static forRoot(config: ParticipantsConfig): DynamicModule {
    return {
      module: ParticipantsModule,
      imports: [ServiceModule.forRoot({ service: 'participants', config, model })],
      controllers: [MembersController],
      providers: [MembersHandler, ReachableEndpoints],
    };
  }
}
