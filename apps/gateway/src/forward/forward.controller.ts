import { Serves } from '@hie/service-kit';
import type { Consent } from '@medplum/fhirtypes';
import { Body, Controller, Delete, Get, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { callerOf } from '../edge/caller.js';
import { ForPeople } from '../edge/for-people.js';
import { PatientHandles } from '../edge/patient-handle.js';
import { FHIR_JSON } from '../fhir-doors/fhir-json.js';
import { OutcomeError } from '../http/outcome-error.js';
import { RefusalRecorder } from '../http/refusal-recorder.js';
import { isFedForAnother } from './fed-for-another.js';
import { type Owner, OwnerClient } from './owner-client.js';
import { type DoorRequest, answerWith, forwarded, passOn } from './pass-on.js';

const feeds = { purposes: ['HOPERAT', 'RECORDMGT', 'TREAT'], scopes: ['hie.feed'] } as const;
const consents = { purposes: ['TREAT', 'PATRQT', 'HOPERAT'], scopes: ['hie.consent'] } as const;
const manages = { purposes: ['HSYSADMIN'], scopes: ['exchange/participants.manage'] } as const;
const reads = { purposes: ['HSYSADMIN', 'HCOMPL'], scopes: ['exchange/participants.read', ...manages.scopes] } as const;

/** Doors behind which another service decides: the identity feed, consents, members, the ledger. */
@Controller()
export class ForwardController {
  constructor(
    private readonly owners: OwnerClient,
    private readonly handles: PatientHandles,
    private readonly refusals: RefusalRecorder,
  ) {}

  /** IHE PIXm ITI-104: conditional updates, up to 500 in a batch. */
  @Post('fhir')
  @Serves(feeds)
  batch(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passFeed(request, reply);
  }

  @Put('fhir/Patient')
  @Serves(feeds)
  feed(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passFeed(request, reply);
  }

  /** Takes back what was fed by mistake: FHIR conditional delete. */
  @Delete('fhir/Patient')
  @Serves(feeds)
  retract(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passFeed(request, reply);
  }

  @Post('fhir/Consent')
  @Serves(consents)
  @ForPeople({ roles: ['registrar'], stepUp: 'consent-override' })
  fileConsent(@Body() consent: Consent, @Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passConsent(consent, request, reply);
  }

  @Put('fhir/Consent/:id')
  @Serves(consents)
  @ForPeople({ roles: ['registrar'], stepUp: 'consent-override' })
  changeConsent(@Body() consent: Consent, @Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.passConsent(consent, request, reply);
  }

  @Get('members')
  @Serves(reads)
  @ForPeople({ roles: ['exchange-administrator', 'compliance-officer'] })
  members(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass('participants', request, reply);
  }

  @Post('members')
  @Serves(manages)
  @ForPeople({ roles: ['exchange-administrator'], stepUp: 'key-change' })
  registerMember(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass('participants', request, reply);
  }

  @Post('members/:id/suspension')
  @Serves(manages)
  @ForPeople({ roles: ['exchange-administrator'], stepUp: 'key-change' })
  suspendMember(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass('participants', request, reply);
  }

  @Delete('members/:id/suspension')
  @Serves(manages)
  @ForPeople({ roles: ['exchange-administrator'], stepUp: 'key-change' })
  resumeMember(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass('participants', request, reply);
  }

  @Get('ledger/entries')
  @Serves({ purposes: ['HCOMPL'], scopes: ['exchange/ledger.read'] })
  @ForPeople({ roles: ['compliance-officer'] })
  ledger(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass('audit-ledger', request, reply);
  }

  private async passConsent(consent: Consent, request: DoorRequest, reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    const handle = /^Patient\/(.+)$/.exec(consent?.patient?.reference ?? '')?.[1];
    const personId = handle === undefined ? undefined : this.handles.open(handle, caller.memberId);
    if (personId === undefined) throw new OutcomeError('patient-unknown');
    const body = JSON.stringify({ ...consent, patient: { reference: `Patient/${personId}` } });
    const path = request.url;
    const method = request.method === 'PUT' ? 'PUT' : 'POST';
    const answer = await this.owners.forward(caller, { owner: 'consent', method, path, body, contentType: FHIR_JSON });
    const filed = { ...(answer.body as Consent), patient: consent.patient };
    await reply.status(answer.status).type(FHIR_JSON).send(filed);
  }

  private async passFeed(request: DoorRequest, reply: FastifyReply): Promise<void> {
    const answer = await forwarded(this.owners, 'patient-index', request, FHIR_JSON);
    await answerWith(reply, answer, FHIR_JSON);
    if (!isFedForAnother(answer.body)) return;
    this.refusals.note(new OutcomeError('identifier-of-another'), 'identifier-of-another', request);
  }

  private pass(owner: Owner, request: DoorRequest, reply: FastifyReply): Promise<void> {
    return passOn(this.owners, owner, request, reply);
  }
}
