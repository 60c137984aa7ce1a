import { AuditTrail } from '@hie/messaging';
import { TrustError } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';

import { peerOf } from '../net/peer-address.js';
import { EntryBudget } from './entry-budget.js';
import { type ForwardedRequest, peerName } from './transaction-token.guard.js';

/** Entries a second: what the gateway forwards it has checked before, so that there is an entry only where something is amiss. */
const ENTRIES_PER_SECOND = 10;

/**
 * Tells the ledger who was turned away at an owner's own door for want of trust.
 *
 * Only that: an owner's other refusals go back to the gateway, which knows whose request it was and tells the ledger itself.
 */
@Injectable()
export class DoorRefusals {
  private readonly budget = new EntryBudget(ENTRIES_PER_SECOND);

  constructor(
    private readonly trail: AuditTrail,
    private readonly logger: PinoLogger,
  ) {}

  note(error: unknown, request: ForwardedRequest): void {
    if (!(error instanceof TrustError) || !this.budget.admits()) return;
    const { claims } = request;
    const peer = peerName(request.raw.socket);
    const details = {
      route: request.routeOptions.url ?? 'none',
      outcome: error.code,
      ...(peer === undefined ? {} : { peer }),
      ...this.budget.takeSuppressed(),
    };
    this.trail
      .record(
        { action: 'request.refused', outcome: 'refused', reason: error.code, details },
        // A token says who asked the gateway, and from where; without one there is the connection alone.
        claims === undefined ? { requester: peerOf(request.raw.socket) } : { claims },
      )
      .catch((failure: unknown) => {
        this.logger.error({ err: failure }, 'refusal not recorded');
      });
  }
}
