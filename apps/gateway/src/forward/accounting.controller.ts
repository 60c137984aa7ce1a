import { Serves } from '@hie/service-kit';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { type CallerRequest, callerOf } from '../edge/caller.js';
import { ForPeople } from '../edge/for-people.js';
import { PatientHandles } from '../edge/patient-handle.js';
import { OutcomeError } from '../http/outcome-error.js';
import { parametersOf, urlOf, withPersons } from './audit-search-request.js';
import { withOwnPatient } from './own-patient.js';
import { OwnerClient } from './owner-client.js';

const DOOR = '/ledger/accounting';
const accounts = {
  purposes: ['HCOMPL', 'PATRQT', 'FAMRQT', 'PWATRNY'],
  scopes: ['exchange/ledger.read', 'hie.retrieve', 'exchange/accounting.own'],
} as const;

/** Whom a patient's record was disclosed to: for compliance staff, for a member whose patient asks, for the patient and for a proxy. */
@Controller('ledger/accounting')
export class AccountingController {
  constructor(
    private readonly owners: OwnerClient,
    private readonly handles: PatientHandles,
  ) {}

  @Get()
  @Serves(accounts)
  @ForPeople({ roles: ['compliance-officer', 'patient', 'proxy'], stepUp: 'export' })
  async account(@Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    const parameters = withOwnPatient(parametersOf(request.url), caller.person, Date.now());
    // Another member's handle is for compliance staff, who know nobody by a handle of their own.
    const isOfAnother = parameters.some(([name]) => name === 'patient.identifier');
    if (isOfAnother && caller.purpose !== 'HCOMPL')
      throw new OutcomeError('invalid-parameter', { expression: 'patient.identifier' });
    const path = urlOf(DOOR, withPersons(parameters, this.handles, caller.memberId));
    const { status, body, file } = await this.owners.forward(caller, { owner: 'audit-ledger', method: 'GET', path });
    if (file?.disposition !== undefined) void reply.header('content-disposition', file.disposition);
    await reply
      .status(status)
      .type(file?.contentType ?? 'application/json')
      .send(body);
  }
}
