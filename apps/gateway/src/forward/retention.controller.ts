import { Serves } from '@hie/service-kit';
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { ForPeople } from '../edge/for-people.js';
import { OwnerClient } from './owner-client.js';
import { type DoorRequest, passOn } from './pass-on.js';

const erases = { purposes: ['HCOMPL'], scopes: ['exchange/ledger.erase'] } as const;

/** Doors to the ledger's half-years: which of them may be dropped, and the order to drop some. */
@Controller('ledger/retention')
export class RetentionController {
  constructor(private readonly owners: OwnerClient) {}

  @Get()
  @Serves(erases)
  @ForPeople({ roles: ['compliance-officer'] })
  plan(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'audit-ledger', request, reply);
  }

  @Post('drops')
  @Serves(erases)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'erasure', peopleAlone: true })
  drop(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'audit-ledger', request, reply);
  }
}
