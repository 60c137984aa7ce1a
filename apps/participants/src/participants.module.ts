import { ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';

import { ClientKeysController } from './client-keys/client-keys.controller.js';
import { ClientKeysHandler } from './client-keys/client-keys.handler.js';
import { MemberAnnouncement } from './members/member-announcement.js';
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
      controllers: [MembersController, ClientKeysController],
      providers: [MembersHandler, ClientKeysHandler, MemberAnnouncement, ReachableEndpoints],
    };
  }
}
