import { operationOutcome, outcomeStatus } from '@hie/fhir';
import { type ForwardedRequest, Serves, claimsOf } from '@hie/service-kit';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { auditEventBundle } from './audit-event-bundle.js';
import { SearchAuditEventsHandler } from './search-audit-events.handler.js';
import { readAuditSearch } from './search-parameters.js';

const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** IHE ITI-81 behind the gateway, which has made a GET of either form of search and a person's id of the caller's handle. */
@Controller('fhir/AuditEvent')
export class SearchAuditEventsController {
  constructor(private readonly handler: SearchAuditEventsHandler) {}

  @Get()
  @Serves({ purposes: ['HCOMPL'], scopes: ['exchange/ledger.read'] })
  async search(@Req() request: ForwardedRequest, @Res() reply: FastifyReply): Promise<void> {
    const claims = claimsOf(request);
    const read = readAuditSearch([...new URL(request.url, 'https://ledger.invalid').searchParams]);
    if (!read.ok) return refuse(reply, read.code, read.parameter);
    const page = await this.handler.search(read.search, claims);
    if (page === undefined) return refuse(reply, 'invalid-parameter', '_cursor');
    await reply.type(FHIR_JSON).send(auditEventBundle(page));
  }
}

/** @param parameter a parameter's name that this door knows; one that it does not know is not said back. */
async function refuse(
  reply: FastifyReply,
  code: 'unsupported-parameter' | 'invalid-parameter' | 'missing-parameter' | 'not-acceptable',
  parameter: string,
): Promise<void> {
  const detail = code === 'unsupported-parameter' ? {} : { expression: parameter };
  await reply.status(outcomeStatus(code)).type(FHIR_JSON).send(operationOutcome(code, detail));
}
