import { type AuditEvent, auditEventRecorded } from '@hie/contracts';
import { Consumes, type HopResult, MessagingError, type Received } from '@hie/messaging';
import { Controller } from '@nestjs/common';

import { AppendEventHandler } from './append-event.handler.js';

/** Events that may wait for company in a batch, or for its disk, while the next are fetched and read. */
const ROOM = 512;

/** The Kafka edge of `append-event`. */
@Controller()
export class AppendEventConsumer {
  constructor(private readonly handler: AppendEventHandler) {}

  @Consumes(auditEventRecorded, { room: ROOM })
  onAuditEvent({ body, checked }: Received<AuditEvent>): Promise<HopResult> {
    // An event is told by whoever it happened to: nobody writes into the ledger under another's name.
    if (body.service !== checked.seal.service) throw new MessagingError('body-invalid', { detail: 'service' });
    return this.handler.handle(body, checked.seal.service);
  }
}
