import { Serves } from '@hie/service-kit';
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';

import { callerOf } from '../edge/caller.js';
import { ForPeople } from '../edge/for-people.js';
import { PatientHandles } from '../edge/patient-handle.js';
import { OwnerClient } from './owner-client.js';
import { type DoorRequest, passOn } from './pass-on.js';

const reads = { purposes: ['HCOMPL'], scopes: ['exchange/notices.read'] } as const;
const reviews = { purposes: ['HCOMPL'], scopes: ['exchange/ledger.review'] } as const;

const ownersSchema = z.object({ notices: z.array(z.looseObject({ personId: z.uuid().optional() })) });

/** Doors to what became of broken glass: notices for the members that are told, and the reason for whoever reviews it. */
@Controller()
export class BreakGlassNoticesController {
  constructor(
    private readonly owners: OwnerClient,
    private readonly handles: PatientHandles,
  ) {}

  /** Names each patient by the reader's own handle. */
  @Get('break-glass-notices')
  @Serves(reads)
  @ForPeople({ roles: ['compliance-officer'] })
  async list(@Req() request: DoorRequest) {
    const caller = callerOf(request);
    const { body } = await this.owners.forward(caller, { owner: 'consent', method: 'GET', path: request.url });
    const { notices } = ownersSchema.parse(body);
    return {
      notices: notices.map(({ personId, ...notice }) => ({
        ...notice,
        ...(personId === undefined
          ? {}
          : { patient: { reference: `Patient/${this.handles.give(personId, caller.memberId)}` } }),
      })),
    };
  }

  @Post('break-glass-notices/:noticeId/acknowledgement')
  @Serves(reads)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'case-review' })
  acknowledge(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'consent', request, reply);
  }

  @Get('break-glass-cases/:txn')
  @Serves(reviews)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'case-review' })
  reason(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'consent', request, reply);
  }
}
