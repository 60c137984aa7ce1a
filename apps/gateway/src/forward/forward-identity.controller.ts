import { Serves } from '@hie/service-kit';
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { ForPeople } from '../edge/for-people.js';
import { OwnerClient } from './owner-client.js';
import { type DoorRequest, passOn } from './pass-on.js';

const manages = { purposes: ['RECORDMGT'], scopes: ['exchange/identity.manage'] } as const;
const reviews = { purposes: ['RECORDMGT'], scopes: ['exchange/identity.review', ...manages.scopes] } as const;
const reads = { purposes: ['RECORDMGT', 'HCOMPL'], scopes: reviews.scopes } as const;

/** The data stewards' doors: reviews, merges and what they come from. patient-index decides. */
@Controller('identity')
export class ForwardIdentityController {
  constructor(private readonly owners: OwnerClient) {}

  @Get('reviews')
  @Serves(reviews)
  @ForPeople({ roles: ['data-steward'] })
  reviews(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Get('reviews/:reviewId')
  @Serves(reviews)
  @ForPeople({ roles: ['data-steward'] })
  review(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Post('reviews/:reviewId/decisions')
  @Serves(reviews)
  @ForPeople({ roles: ['data-steward'], stepUp: 'identity-change' })
  decide(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Get('calibration')
  @Serves(reads)
  @ForPeople({ roles: ['data-steward'] })
  calibration(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Get('persons/:personId')
  @Serves(reads)
  @ForPeople({ roles: ['data-steward'] })
  person(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Post('merges')
  @Serves(manages)
  @ForPeople({ roles: ['data-steward'], stepUp: 'identity-change' })
  proposeMerge(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Post('unmerges')
  @Serves(manages)
  @ForPeople({ roles: ['data-steward'], stepUp: 'identity-change' })
  unmerge(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Post('records/:recordId/unlinking')
  @Serves(manages)
  @ForPeople({ roles: ['data-steward'], stepUp: 'identity-change' })
  unlink(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Get('models')
  @Serves(manages)
  @ForPeople({ roles: ['data-steward'] })
  models(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Post('models')
  @Serves(manages)
  @ForPeople({ roles: ['data-steward'], stepUp: 'identity-change' })
  registerModel(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Post('models/:version/promotion')
  @Serves(manages)
  @ForPeople({ roles: ['data-steward'], stepUp: 'identity-change' })
  promoteModel(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }
}
