import { Serves } from '@hie/service-kit';
import { Body, Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { type CallerRequest, callerOf } from '../edge/caller.js';
import { ForPeople } from '../edge/for-people.js';
import { PatientHandles } from '../edge/patient-handle.js';
import { OutcomeError } from '../http/outcome-error.js';
import { namedPerson } from './named-patient.js';
import { OwnerClient } from './owner-client.js';
import { type DoorRequest, passOn } from './pass-on.js';

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
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'erasure', peopleAlone: true })
  erase(@Body() body: unknown, @Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passNamed(body, request, reply);
  }

  @Post('patient-keys')
  @Serves({ purposes: ['HCOMPL'], scopes: ['exchange/ledger.disclose'] })
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'export', peopleAlone: true })
  handOutKey(@Body() body: unknown, @Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passNamed(body, request, reply);
  }

  @Post('holds')
  @Serves(erases)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'erasure', peopleAlone: true })
  placeHold(@Body() body: unknown, @Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passNamed(body, request, reply);
  }

  @Get('holds')
  @Serves(erases)
  @ForPeople({ roles: ['compliance-officer'] })
  holds(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'audit-ledger', request, reply);
  }

  @Delete('holds/:id')
  @Serves(erases)
  @ForPeople({ roles: ['compliance-officer'], stepUp: 'erasure', peopleAlone: true })
  liftHold(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return passOn(this.owners, 'audit-ledger', request, reply);
  }

  private async passNamed(body: unknown, request: CallerRequest, reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    const named = JSON.stringify(this.withPerson(body, caller.memberId));
    const call = { owner: 'audit-ledger', method: 'POST', path: request.url, body: named } as const;
    const answer = await this.owners.forward(caller, call);
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
