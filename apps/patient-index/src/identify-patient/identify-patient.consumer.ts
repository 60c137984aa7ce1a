import { type QueryRequested, queryRequested } from '@hie/contracts';
import { Consumes, type HopResult, type Received } from '@hie/messaging';
import { hopScopes } from '@hie/purpose-of-use';
import { Serves } from '@hie/service-kit';
import { Controller } from '@nestjs/common';

import { IdentifyPatientHandler } from './identify-patient.handler.js';

/** The Kafka edge of `identify-patient`. */
@Controller()
export class IdentifyPatientConsumer {
  constructor(private readonly handler: IdentifyPatientHandler) {}

  @Consumes(queryRequested)
  @Serves({ purposes: ['TREAT', 'ETREAT', 'COC', 'BTG', 'PATRQT'], scopes: [hopScopes.match, hopScopes.retrieve] })
  onQueryRequested({ body }: Received<QueryRequested>): Promise<HopResult> {
    return this.handler.handle(body);
  }
}
