import { type AuditTally, auditTallied } from '@hie/contracts';
import { Consumes, type HopResult, MessagingError, type Received, effect } from '@hie/messaging';
import { Controller } from '@nestjs/common';

import { noteTallies } from './tally.store.js';

/** Hears what every service says that it told. */
@Controller()
export class TalliesConsumer {
  @Consumes(auditTallied)
  onAuditTally({ body, checked }: Received<AuditTally>): Promise<HopResult> {
    // Nobody accounts for another.
    if (body.service !== checked.seal.service) throw new MessagingError('body-invalid', { detail: 'service' });
    return Promise.resolve({ emit: [], audit: [], effect: effect(noteTallies, body) });
  }
}
