import { Serves } from '@hie/service-kit';
import { Controller, Delete, Get, Post, Put, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { ForPeople } from '../edge/for-people.js';
import { OwnerClient } from './owner-client.js';
import { type DoorRequest, passOn } from './pass-on.js';

const administrators = ['participant-administrator', 'exchange-administrator'] as const;
const reads = ForPeople({ roles: administrators });
const changes = ForPeople({ roles: administrators, stepUp: 'role-change' });
const decides = ForPeople({ roles: administrators, stepUp: 'role-change', peopleAlone: true });

/**
 * People and what they may do: seen by administrators, and changed by them right after a sign-in. Systems may invite, disable and enable, as
 * a directory does and as the first administrator has to come in; roles and recoveries are people's. identity-provider owns them.
 */
@ApiTags('people')
@Controller('people')
@Serves({ purposes: ['HSYSADMIN'], scopes: ['exchange/people.manage'] })
export class PeopleController {
  constructor(private readonly owners: OwnerClient) {}

  @Get()
  @reads
  list(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Post()
  @changes
  invite(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Post(':id/disablement')
  @changes
  disable(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Delete(':id/disablement')
  @changes
  enable(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Put(':id/roles/:role')
  @decides
  grantRole(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Delete(':id/roles/:role')
  @decides
  withdrawRole(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Post(':id/recovery')
  @decides
  requestRecovery(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Post(':id/recovery/approval')
  @decides
  approveRecovery(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  private pass(request: DoorRequest, reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'identity-provider', request, reply);
  }
}
