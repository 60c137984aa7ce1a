import { Serves } from '@hie/service-kit';
import { Controller, Delete, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { ForPeople } from '../edge/for-people.js';
import { OwnerClient } from './owner-client.js';
import { type DoorRequest, passOn } from './pass-on.js';

const manages = { purposes: ['HSYSADMIN'], scopes: ['exchange/participants.manage'] } as const;

/** The administrators' door to the keys of a member's client. participants decides. */
@Controller('members/:memberId/clients/:clientId/keys')
export class ClientKeysController {
  constructor(private readonly owners: OwnerClient) {}

  @Post()
  @Serves(manages)
  @ForPeople({ roles: ['exchange-administrator'], stepUp: 'key-change' })
  add(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'participants', request, reply);
  }

  @Delete(':thumbprint')
  @Serves(manages)
  @ForPeople({ roles: ['exchange-administrator'], stepUp: 'key-change' })
  withdraw(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'participants', request, reply);
  }
}
