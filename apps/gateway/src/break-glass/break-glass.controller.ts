// Breaking the glass: HL7 v3-ActReason BTG; 45 CFR 164.312(a)(2)(ii), emergency access.
import { randomUUID } from 'node:crypto';

import { type Query, recordKinds } from '@hie/contracts';
import { hopScopes } from '@hie/purpose-of-use';
import { Serves } from '@hie/service-kit';
import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { firstStage } from '../ask-exchange/pending-query.js';
import { grantedKinds, transactionId } from '../ask-exchange/transaction.js';
import { type CallerRequest, callerOf, requesterOf } from '../edge/caller.js';
import { ForPeople } from '../edge/for-people.js';
import { AskAtDoor } from '../fhir-doors/ask-at-door.js';
import { OwnerClient } from '../forward/owner-client.js';
import { OutcomeError } from '../http/outcome-error.js';
import type { StageView } from '../queries/stage-view.js';
import { StageViews } from '../queries/stage-views.js';
import { readBreakGlass } from './read-break-glass.js';

/** What is shown at once, and where the rest is read. */
export interface BreakGlassAnswer extends StageView {
  readonly queryUrl: string;
}

/**
 * The door for the emergency in which a record is closed: a clinician, signed in within the last five minutes, who says why.
 *
 * The case is opened first. If it can't be, nothing is asked; and the consent hop denies what has none.
 */
@ApiTags('break-glass')
@Controller('break-glass')
export class BreakGlassController {
  constructor(
    private readonly door: AskAtDoor,
    private readonly owners: OwnerClient,
    private readonly views: StageViews,
  ) {}

  @Post()
  @HttpCode(200)
  @Serves({ purposes: ['BTG'], scopes: [hopScopes.retrieve] })
  @ForPeople({ roles: ['clinician'], stepUp: 'break-glass' })
  @ApiOperation({ summary: 'Opens a closed record in an emergency, for a reason that is kept and reviewed' })
  async break(
    @Body() body: unknown,
    @Req() request: CallerRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BreakGlassAnswer> {
    const caller = callerOf(request);
    // A system that holds the purpose is still nobody who could answer for it.
    if (caller.person === undefined) throw new OutcomeError('insufficient-scope');
    const read = readBreakGlass(body);
    if (!read.ok) throw new OutcomeError(read.code, { expression: read.expression });
    const key = randomUUID();
    await this.owners.forward(caller, {
      ...{ owner: 'consent', method: 'POST', path: '/break-glass-cases' },
      body: JSON.stringify({ txn: transactionId(caller, key), reason: read.reason }),
    });
    const query: Query = {
      operation: 'arrival',
      kinds: grantedKinds(caller, [...recordKinds]),
      stages: ['critical', 'complete'],
      patient: { demographics: read.demographics },
      requester: requesterOf(caller),
    };
    const pending = await this.door.ask(query, request, key);
    const stage = await firstStage(pending);
    if (typeof stage === 'string') throw new OutcomeError(stage);
    const queryUrl = this.views.urlOf(pending);
    void reply.header('content-location', queryUrl);
    return { ...this.views.of(pending, stage), queryUrl };
  }
}
