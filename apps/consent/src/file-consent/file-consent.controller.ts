import { type ConsentChanged, consentChanged } from '@hie/contracts';
import { Consumes, type Received } from '@hie/messaging';
import { type ForwardedRequest, Refusal, Serves, claimsOf, isUuid } from '@hie/service-kit';
import type { Consent } from '@medplum/fhirtypes';
import { Body, Controller, HttpCode, Param, Post, Put, Req } from '@nestjs/common';

import { DirectiveTable } from '../directives/directive-table.js';
import { FileConsentHandler } from './file-consent.handler.js';

const files = { purposes: ['TREAT', 'PATRQT', 'HOPERAT'], scopes: ['hie.consent'] } as const;

/** The patients' word, filed by their hospitals; behind the gateway, which has turned the patient's handle into the person's id. */
@Controller()
export class FileConsentController {
  constructor(
    private readonly handler: FileConsentHandler,
    private readonly table: DirectiveTable,
  ) {}

  @Post('fhir/Consent')
  @HttpCode(201)
  @Serves(files)
  create(@Body() resource: Consent, @Req() request: ForwardedRequest) {
    return this.file(undefined, resource, request);
  }

  @Put('fhir/Consent/:consentId')
  @Serves(files)
  update(@Param('consentId') consentId: string, @Body() resource: Consent, @Req() request: ForwardedRequest) {
    if (!isUuid(consentId)) throw new Refusal('consent-of-another', 404);
    return this.file(consentId, resource, request);
  }

  /** Another instance has filed a version; the table reads the person’s consents again. */
  @Consumes(consentChanged, { delivery: 'table' })
  async onConsentChanged({ body }: Received<ConsentChanged>): Promise<void> {
    await this.table.refresh(body.personId);
  }

  private async file(consentId: string | undefined, resource: Consent, request: ForwardedRequest) {
    const personId = /^Patient\/(.+)$/.exec(resource?.patient?.reference ?? '')?.[1];
    if (personId === undefined || !isUuid(personId)) throw new Refusal('consent-patient-missing', 422);
    const filed = await this.handler.file(
      { personId, resource, ...(consentId === undefined ? {} : { consentId }) },
      claimsOf(request),
    );
    return { ...resource, id: filed.consentId, meta: { ...resource.meta, versionId: String(filed.version) } };
  }
}
