import { type PatientIdentified, patientIdentified } from '@hie/contracts';
import { Consumes, type HopResult, type Received } from '@hie/messaging';
import { hopScopes, purposes } from '@hie/purpose-of-use';
import { Serves } from '@hie/service-kit';
import { Controller } from '@nestjs/common';

import { DecideDisclosureHandler } from './decide-disclosure.handler.js';

/** The Kafka edge of `decide-disclosure`. */
@Controller()
export class DecideDisclosureConsumer {
  constructor(private readonly handler: DecideDisclosureHandler) {}

  // Every purpose is served here, because what each may see is what this hop decides.
  @Consumes(patientIdentified)
  @Serves({ purposes, scopes: [hopScopes.match, hopScopes.retrieve] })
  onPatientIdentified({ body, scope }: Received<PatientIdentified>): HopResult {
    if (scope === undefined) throw new RangeError('A transaction’s message came without its scope.');
    return this.handler.handle(body, scope.claims, Date.now());
  }
}
