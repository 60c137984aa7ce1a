import { Serves } from '@hie/service-kit';
import { Body, Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { type CallerRequest, callerOf } from '../edge/caller.js';
import { ForPeople } from '../edge/for-people.js';
import { PatientHandles } from '../edge/patient-handle.js';
import { OutcomeError } from '../http/outcome-error.js';
import { namedPerson } from './named-patient.js';
import { OwnerClient } from './owner-client.js';

const erases = { purposes: ['HCOMPL'], scopes: ['exchange/ledger.erase'] } as const;

/** Doors to what is done with a patient's key: destroyed, held, handed out; the patient is named by a handle, which becomes the person's id here. */
@Controller('ledger')
export class ErasureController {
  constructor(
    private readonly owners: OwnerClient,
    private readonly handles: PatientHandles,
  ) {}

  @Post('erasures')
  @Serves(erases)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'erasure' })
  erase(@Body() body: unknown, @Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply, body);
  }

  @Post('patient-keys')
  @Serves({ purposes: ['HCOMPL'], scopes: ['exchange/ledger.disclose'] })
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'export' })
  handOutKey(@Body() body: unknown, @Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply, body);
  }

  @Post('holds')
  @Serves(erases)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'erasure' })
  placeHold(@Body() body: unknown, @Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply, body);
  }

  @Get('holds')
  @Serves(erases)
  @ForPeople({ roles: ['compliance-officer'] })
  holds(@Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Delete('holds/:id')
  @Serves(erases)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'erasure' })
  liftHold(@Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  private async pass(request: CallerRequest, reply: FastifyReply, body?: unknown): Promise<void> {
    const caller = callerOf(request);
    const named = body === undefined ? undefined : this.withPerson(body, caller.memberId);
    const answer = await this.owners.forward(caller, {
      owner: 'audit-ledger',
      method: request.method as 'GET' | 'POST' | 'DELETE',
      path: request.url,
      ...(named === undefined ? {} : { body: JSON.stringify(named) }),
    });
    await reply
      .status(answer.status)
      .type('application/json')
      .send(answer.body ?? '');
  }

  private withPerson(body: unknown, memberId: string): object {
    const { patient } = (body ?? {}) as { readonly patient?: unknown };
    const person = typeof patient === 'string' ? namedPerson(patient, this.handles, memberId) : undefined;
    if (person === undefined) throw new OutcomeError('invalid-parameter', { expression: 'patient' });
    return { ...(body as object), patient: person };
  }
}
