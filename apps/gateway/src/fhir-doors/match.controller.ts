// Patient/$match: https://hl7.org/fhir/R4/patient-operation-match.html; IHE PDQm ITI-119
import { type Candidate, type Query, candidateSchema } from '@hie/contracts';
import { type MatchCandidate, matchResponse, readMatchRequest } from '@hie/fhir';
import { clinicalPurposes, hopScopes } from '@hie/purpose-of-use';
import { SERVICE_CONFIG, Serves } from '@hie/service-kit';
import type { Bundle } from '@medplum/fhirtypes';
import { Body, Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { lastStage } from '../ask-exchange/pending-query.js';
import { type Caller, type CallerRequest, callerOf, requesterOf } from '../edge/caller.js';
import { ForPeople } from '../edge/for-people.js';
import { PatientHandles } from '../edge/patient-handle.js';
import type { GatewayConfig } from '../gateway.config.js';
import { OutcomeError } from '../http/outcome-error.js';
import { AskAtDoor } from './ask-at-door.js';
import { FHIR_JSON } from './fhir-json.js';
import { shownDemographics } from './shown-demographics.js';

/** Who is this patient, in the exchange's eyes? */
@ApiTags('FHIR')
@Controller('fhir/Patient')
export class MatchController {
  constructor(
    private readonly door: AskAtDoor,
    private readonly handles: PatientHandles,
    @Inject(SERVICE_CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Post('$match')
  @HttpCode(200)
  @Header('content-type', FHIR_JSON)
  @Serves({ purposes: clinicalPurposes, scopes: [hopScopes.match] })
  @ForPeople({ roles: ['clinician'] })
  @ApiOperation({ summary: 'Finds a patient by demographics (Patient/$match)' })
  async match(@Body() body: unknown, @Req() request: CallerRequest): Promise<Bundle> {
    const read = readMatchRequest(body);
    if (!read.ok) throw new OutcomeError(read.code, { expression: read.expression });
    const caller = callerOf(request);
    const { demographics, onlyCertain, count } = read.request;
    const query: Query = {
      operation: 'match',
      kinds: [],
      stages: ['critical'],
      patient: { demographics },
      requester: requesterOf(caller),
      match: { onlyCertain, count },
    };
    const stage = await lastStage(await this.door.ask(query, request));
    if (typeof stage === 'string') throw new OutcomeError(stage);
    const candidates = stage.answer.candidates.map((candidate) => this.told(candidateSchema.parse(candidate), caller));
    return matchResponse(candidates, { onlyCertain, count, baseUrl: `${this.config.PUBLIC_URL}/fhir` });
  }

  /** A candidate under the requester's own handle, without any member's local identifier. */
  private told(candidate: Candidate, { memberId, purpose }: Caller): MatchCandidate {
    const { personId, probability, grade } = candidate;
    const patientId = this.handles.give(personId, memberId);
    return { patientId, probability, grade, demographics: shownDemographics(candidate, purpose) };
  }
}
