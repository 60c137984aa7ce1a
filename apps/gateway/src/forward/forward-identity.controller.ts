import { Serves } from '@hie/service-kit';
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { ForPeople } from '../edge/for-people.js';
import { OwnerClient } from './owner-client.js';
import { type DoorRequest, passOn } from './pass-on.js';

const manages = { purposes: ['RECORDMGT'], scopes: ['exchange/identity.manage'] } as const;
const reviews = { purposes: ['RECORDMGT'], scopes: ['exchange/identity.review', ...manages.scopes] } as const;
const reads = { purposes: ['RECORDMGT', 'HCOMPL'], scopes: reviews.scopes } as const;

const looks = ForPeople({ roles: ['data-steward'], peopleAlone: true });
const changes = ForPeople({ roles: ['data-steward'], stepUp: 'identity-change', peopleAlone: true });

/** The data stewards' doors: reviews, merges and what they come from, for people alone: each look is one at two patients. patient-index decides. */
@Controller('identity')
export class ForwardIdentityController {
  constructor(private readonly owners: OwnerClient) {}

  @Get('reviews')
  @Serves(reviews)
  @looks
  reviews(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Get('reviews/:reviewId')
  @Serves(reviews)
  @looks
  review(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Post('reviews/:reviewId/decisions')
  @Serves(reviews)
  @changes
  decide(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Get('calibration')
  @Serves(reads)
  @looks
  calibration(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Get('persons/:personId')
  @Serves(reads)
  @looks
  person(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Post('merges')
  @Serves(manages)
  @changes
  proposeMerge(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Post('unmerges')
  @Serves(manages)
  @changes
  unmerge(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Post('records/:recordId/unlinking')
  @Serves(manages)
  @changes
  unlink(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Get('models')
  @Serves(manages)
  @looks
  models(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Post('models')
  @Serves(manages)
  @changes
  registerModel(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }

  @Post('models/:version/promotion')
  @Serves(manages)
  @changes
  promoteModel(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'patient-index', request, reply);
  }
}
