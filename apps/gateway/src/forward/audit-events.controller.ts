import { type ForwardedRequest, SERVICE_CONFIG, Serves } from '@hie/service-kit';
import type { Bundle } from '@medplum/fhirtypes';
import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { type CallerRequest, callerOf } from '../edge/caller.js';
import { ForPeople } from '../edge/for-people.js';
import { PatientHandles } from '../edge/patient-handle.js';
import { FHIR_JSON } from '../fhir-doors/fhir-json.js';
import type { GatewayConfig } from '../gateway.config.js';
import { OutcomeError } from '../http/outcome-error.js';
import { type Parameters, parametersOf, urlOf, withLinks, withPersons } from './audit-search-request.js';
import { OwnerClient } from './owner-client.js';

type DoorRequest = CallerRequest & Pick<ForwardedRequest, 'rawBody'>;

const reads = { purposes: ['HCOMPL'], scopes: ['exchange/ledger.read'] } as const;
const DOOR = '/fhir/AuditEvent';
/** A search goes on as a URL, whichever way it came. */
const MAX_SEARCH_LENGTH = 8_000;

/** IHE ITI-81: what the ledger holds, as FHIR AuditEvents; the ledger decides, this door knows whom a handle means. */
@Controller('fhir/AuditEvent')
export class AuditEventsController {
  constructor(
    private readonly owners: OwnerClient,
    private readonly handles: PatientHandles,
    @Inject(SERVICE_CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Get()
  @Serves(reads)
  @ForPeople({ roles: ['compliance-officer'] })
  search(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(parametersOf(request.url), request, reply);
  }

  /** Keeps handles out of URLs, and so out of proxies' logs. */
  @Post('_search')
  @Serves(reads)
  @ForPeople({ roles: ['compliance-officer'] })
  searchByForm(@Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = request.rawBody?.toString('utf8') ?? '';
    const isForm = /^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? '');
    if (form !== '' && !isForm) throw new OutcomeError('unsupported-media-type');
    return this.answer(parametersOf(request.url, form), request, reply);
  }

  private async answer(parameters: Parameters, request: DoorRequest, reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    const path = urlOf(DOOR, withPersons(parameters, this.handles, caller.memberId));
    if (path.length > MAX_SEARCH_LENGTH) throw new OutcomeError('body-too-large');
    const { status, body } = await this.owners.forward(caller, { owner: 'audit-ledger', method: 'GET', path });
    const isBundle = (body as Bundle | undefined)?.resourceType === 'Bundle';
    await reply
      .status(status)
      .type(FHIR_JSON)
      .send(isBundle ? withLinks(body as Bundle, parameters, `${this.config.PUBLIC_URL}${DOOR}`) : body);
  }
}
