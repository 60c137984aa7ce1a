import { type ForwardedRequest, Serves } from '@hie/service-kit';
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { type CallerRequest, callerOf } from '../edge/caller.js';
import { OwnerClient } from './owner-client.js';

type DoorRequest = CallerRequest & Pick<ForwardedRequest, 'rawBody'>;

const reviews = { purposes: ['HCOMPL'], scopes: ['exchange/ledger.review'] } as const;

/** Doors to the reviews of what the ledger holds; the ledger decides who may say what in which. */
@Controller('ledger')
export class ReviewCasesController {
  constructor(private readonly owners: OwnerClient) {}

  @Get('cases')
  @Serves(reviews)
  list(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Post('cases')
  @Serves(reviews)
  open(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Get('cases/:id')
  @Serves(reviews)
  one(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Post('cases/:id/assignment')
  @Serves(reviews)
  assign(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Post('cases/:id/comments')
  @Serves(reviews)
  comment(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Post('cases/:id/outcome')
  @Serves(reviews)
  close(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Get('cases/:id/evidence')
  @Serves(reviews)
  evidence(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Post('samples')
  @Serves(reviews)
  sample(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  private async pass(request: DoorRequest, reply: FastifyReply): Promise<void> {
    const body = request.rawBody?.toString('utf8');
    const answer = await this.owners.forward(callerOf(request), {
      ...{ owner: 'audit-ledger', method: request.method === 'POST' ? 'POST' : 'GET', path: request.url },
      ...(body === undefined ? {} : { body, contentType: 'application/json' }),
    });
    await reply
      .status(answer.status)
      .type('application/json')
      .send(answer.body ?? '');
  }
}
