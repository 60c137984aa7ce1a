import { type DisclosureDecided, disclosureDecided } from '@hie/contracts';
import { Consumes, type HopResult, type Received } from '@hie/messaging';
import { hopScopes } from '@hie/purpose-of-use';
import { Serves } from '@hie/service-kit';
import { Controller } from '@nestjs/common';

import { LocateRecordsHandler } from './locate-records.handler.js';

/** The Kafka edge of `locate-records`. */
@Controller()
export class LocateRecordsConsumer {
  constructor(private readonly handler: LocateRecordsHandler) {}

  @Consumes(disclosureDecided)
  @Serves({ purposes: ['TREAT', 'ETREAT', 'COC', 'BTG', 'PATRQT'], scopes: [hopScopes.match, hopScopes.retrieve] })
  onDisclosureDecided({ body, scope }: Received<DisclosureDecided>): Promise<HopResult> {
    if (scope === undefined) throw new RangeError('A transaction’s message came without its scope.');
    return this.handler.handle(body, scope.claims, scope.allow);
  }
}
