import { capabilityStatement } from '@hie/fhir';
import { Public, SERVICE_CONFIG } from '@hie/service-kit';
import type { CapabilityStatement } from '@medplum/fhirtypes';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import type { GatewayConfig } from '../gateway.config.js';
import { auditSearchParameters } from './audit-search-parameters.js';
import { FHIR_JSON } from './fhir-json.js';

/** When what the doors can do last changed. */
const LAST_CHANGED = '2026-11-22';
const VERSION = '0.1.0';

@ApiTags('discovery')
@Controller('fhir/metadata')
export class MetadataController {
  constructor(@Inject(SERVICE_CONFIG) private readonly config: GatewayConfig) {}

  @Get()
  @Public()
  @Header('content-type', FHIR_JSON)
  @ApiOperation({ summary: 'What the FHIR side can do' })
  metadata(): CapabilityStatement {
    return capabilityStatement({
      baseUrl: `${this.config.PUBLIC_URL}/fhir`,
      name: 'Health information exchange',
      softwareVersion: VERSION,
      date: LAST_CHANGED,
      takesPatientFeed: true,
      auditSearch: auditSearchParameters,
    });
  }
}
