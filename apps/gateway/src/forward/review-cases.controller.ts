import { Serves } from '@hie/service-kit';
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { ForPeople } from '../edge/for-people.js';
import { OwnerClient } from './owner-client.js';
import { type DoorRequest, passOn } from './pass-on.js';

const reviews = { purposes: ['HCOMPL'], scopes: ['exchange/ledger.review'] } as const;

/** Doors to the reviews of what the ledger holds; the ledger decides who may say what in which. */
@Controller('ledger')
export class ReviewCasesController {
  constructor(private readonly owners: OwnerClient) {}

  @Get('cases')
  @Serves(reviews)
  @ForPeople({ roles: ['compliance-officer'] })
  list(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'audit-ledger', request, reply);
  }

  @Post('cases')
  @Serves(reviews)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'case-review', peopleAlone: true })
  open(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'audit-ledger', request, reply);
  }

  @Get('cases/:id')
  @Serves(reviews)
  @ForPeople({ roles: ['compliance-officer'] })
  one(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'audit-ledger', request, reply);
  }

  @Post('cases/:id/assignment')
  @Serves(reviews)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'case-review', peopleAlone: true })
  assign(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'audit-ledger', request, reply);
  }

  @Post('cases/:id/comments')
  @Serves(reviews)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'case-review', peopleAlone: true })
  comment(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'audit-ledger', request, reply);
  }

  @Post('cases/:id/outcome')
  @Serves(reviews)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'case-review', peopleAlone: true })
  close(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'audit-ledger', request, reply);
  }

  @Get('cases/:id/evidence')
  @Serves(reviews)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'export', peopleAlone: true })
  evidence(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'audit-ledger', request, reply);
  }

  @Post('samples')
  @Serves(reviews)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'case-review', peopleAlone: true })
  sample(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'audit-ledger', request, reply);
  }
}
