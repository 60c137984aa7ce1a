// CDS Hooks 2.0: https://cds-hooks.hl7.org/2.0/
import { type Query, recordKinds } from '@hie/contracts';
import { type Card, type CdsService, patientArrival, readCdsRequest } from '@hie/fhir';
import { hopScopes } from '@hie/purpose-of-use';
import { Public, Serves } from '@hie/service-kit';
import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { firstStage } from '../ask-exchange/pending-query.js';
import { grantedKinds } from '../ask-exchange/transaction.js';
import { type Caller, type CallerRequest, callerOf, requesterOf } from '../edge/caller.js';
import { AskAtDoor } from '../fhir-doors/ask-at-door.js';
import { OutcomeError } from '../http/outcome-error.js';
import type { StageView } from '../queries/stage-view.js';
import { StageViews } from '../queries/stage-views.js';

/** CDS Hooks lets any element carry an `extension`; ours holds what a card has no room for. */
export interface ArrivalResponse {
  readonly cards: readonly Card[];
  readonly extension: {
    readonly 'org.hie-broker.answer': Pick<StageView, 'stage' | 'outcome' | 'coverage' | 'receipt'> & {
      readonly queryUrl: string;
    };
  };
}

/** The door an EMR calls when a patient arrives. */
@ApiTags('CDS Hooks')
@Controller('cds-services')
export class CdsHooksController {
  constructor(
    private readonly door: AskAtDoor,
    private readonly views: StageViews,
  ) {}

  @Get()
  @Public()
  @ApiOperation({ summary: 'The services this exchange offers' })
  discovery(): { readonly services: readonly CdsService[] } {
    return { services: [patientArrival] };
  }

  @Post(':id')
  @HttpCode(200)
  @Serves({ purposes: ['TREAT', 'ETREAT'], scopes: [hopScopes.retrieve] })
  @ApiOperation({ summary: 'A patient has arrived: what do the other hospitals know?' })
  async arrival(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: CallerRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ArrivalResponse> {
    if (id !== patientArrival.id) throw new OutcomeError('unknown-service');
    const caller = callerOf(request);
    const read = readCdsRequest(body);
    if (!read.ok) throw new OutcomeError(read.code, { expression: read.expression });
    const { hookInstance, demographics, encounterId } = read.request;
    // A hook that is fired again is the same arrival: one query, one answer, one group of entries.
    const pending = await this.door.ask(arrivalQuery(caller, demographics, encounterId), request, hookInstance);
    const stage = await firstStage(pending);
    if (typeof stage === 'string') throw new OutcomeError(stage);
    const queryUrl = this.views.urlOf(pending);
    void reply.header('content-location', queryUrl);
    return arrivalResponse(this.views.of(pending, stage), queryUrl);
  }
}

function arrivalQuery(caller: Caller, demographics: Query['patient']['demographics'], encounter?: string): Query {
  return {
    operation: 'arrival',
    kinds: grantedKinds(caller, [...recordKinds]),
    stages: ['critical', 'complete'],
    patient: { demographics },
    requester: requesterOf(caller),
    ...(encounter === undefined ? {} : { encounter }),
  };
}

function arrivalResponse({ cards, stage, outcome, coverage, receipt }: StageView, queryUrl: string): ArrivalResponse {
  return { cards, extension: { 'org.hie-broker.answer': { stage, outcome, coverage, receipt, queryUrl } } };
}
