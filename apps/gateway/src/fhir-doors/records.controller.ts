// FHIR search by patient: https://hl7.org/fhir/R4/search.html; International Patient Summary: http://hl7.org/fhir/uv/ips
import { recordKinds } from '@hie/contracts';
import { ipsDocument, readRecordSearch, searchset } from '@hie/fhir';
import { clinicalPurposes, hopScopes } from '@hie/purpose-of-use';
import { SERVICE_CONFIG, Serves } from '@hie/service-kit';
import type { Bundle } from '@medplum/fhirtypes';
import { Controller, Get, Header, Inject, Param, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import type { QueryFailure, ReleasedStage } from '../ask-exchange/pending-query.js';
import type { CallerRequest } from '../edge/caller.js';
import { ForPeople } from '../edge/for-people.js';
import type { GatewayConfig } from '../gateway.config.js';
import { OutcomeError } from '../http/outcome-error.js';
import { recordOf } from '../queries/stage-view.js';
import { StageViews } from '../queries/stage-views.js';
import { AskAtDoor } from './ask-at-door.js';
import { FHIR_JSON } from './fhir-json.js';
import { summarySubject } from './summary-subject.js';

const reads = { purposes: clinicalPurposes, scopes: [hopScopes.retrieve] } as const;
const EXCHANGE = { label: 'Health information exchange' };

type Searchable = 'AllergyIntolerance' | 'MedicationRequest';

/** What others hold of a patient, as FHIR. Nothing, not yours, ambiguous and withheld are one answer: 404 with the same bytes. */
@ApiTags('FHIR')
@Controller('fhir')
export class RecordsController {
  constructor(
    private readonly door: AskAtDoor,
    private readonly views: StageViews,
    @Inject(SERVICE_CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Get('AllergyIntolerance')
  @Header('content-type', FHIR_JSON)
  @Serves(reads)
  @ForPeople({ roles: ['clinician'] })
  @ApiOperation({ summary: 'Allergies and intolerances of a patient, from all members' })
  allergies(@Req() request: CallerRequest): Promise<Bundle> {
    return this.search('AllergyIntolerance', request);
  }

  @Get('MedicationRequest')
  @Header('content-type', FHIR_JSON)
  @Serves(reads)
  @ForPeople({ roles: ['clinician'] })
  @ApiOperation({ summary: 'Medication orders of a patient, from all members' })
  medications(@Req() request: CallerRequest): Promise<Bundle> {
    return this.search('MedicationRequest', request);
  }

  @Get('Patient/:id/$summary')
  @Header('content-type', FHIR_JSON)
  @Serves(reads)
  @ForPeople({ roles: ['clinician'] })
  @ApiOperation({ summary: 'The International Patient Summary of a patient, as a document' })
  async summary(@Param('id') id: string, @Req() request: CallerRequest): Promise<Bundle> {
    const stages = ['critical', 'complete'] as const;
    const query = await this.door.askAbout(
      id,
      { operation: 'summary', stages: [...stages], kinds: recordKinds },
      request,
    );
    const { answer } = disclosed(await this.door.lastStage(query));
    const record = recordOf(answer);
    return ipsDocument(record, answer.coverage, {
      demographics: summarySubject(record),
      exchange: EXCHANGE,
      assembledAt: answer.assembledAt,
      documentName: query.txn,
      uuidOf: this.views.uuidsOf(query),
    });
  }

  private async search(type: Searchable, request: CallerRequest): Promise<Bundle> {
    const baseUrl = `${this.config.PUBLIC_URL}/fhir`;
    const isStrict = /\bhandling=strict\b/.test(String(request.headers['prefer'] ?? ''));
    const parameters = new URL(request.url, this.config.PUBLIC_URL).searchParams;
    const read = readRecordSearch(parameters, baseUrl, isStrict);
    if (!read.ok) throw new OutcomeError(read.code, { expression: read.expression });
    const stages = type === 'MedicationRequest' ? (['critical', 'complete'] as const) : (['critical'] as const);
    const asked = { operation: 'search' as const, stages: [...stages], kinds: [type] };
    const query = await this.door.askAbout(read.patientId, asked, request);
    const { answer } = disclosed(await this.door.lastStage(query));
    return searchset(recordOf(answer), answer.coverage, {
      type,
      baseUrl,
      usedParameters: read.usedParameters,
      names: { patientId: read.patientId, uuidOf: this.views.memberUuids(query.memberId) },
      exchange: EXCHANGE,
      assembledAt: answer.assembledAt,
    });
  }
}

/** @throws OutcomeError for a query that failed, and one for all reasons that nothing is disclosed. */
function disclosed(stage: ReleasedStage | QueryFailure): ReleasedStage {
  if (typeof stage === 'string') throw new OutcomeError(stage);
  if (stage.answer.outcome !== 'answered') throw new OutcomeError('patient-unknown');
  return stage;
}
