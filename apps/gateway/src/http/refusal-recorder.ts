import { AuditTrail } from '@hie/messaging';
import { EntryBudget, PinoLogger, peerOf } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { type CallerRequest, requesterOf } from '../edge/caller.js';
import { refusedRight } from './refused-right.js';

/** Entries a second that strangers may cause; beyond it they are counted, and the next entry says how many. */
const STRANGERS_PER_SECOND = 10;

/** Tells the ledger who was turned away at a door and why; a flood of strangers must not become a flood of entries. */
@Injectable()
export class RefusalRecorder {
  private readonly strangers = new EntryBudget(STRANGERS_PER_SECOND);

  constructor(
    private readonly trail: AuditTrail,
    private readonly logger: PinoLogger,
  ) {}

  note(error: unknown, code: string, request: CallerRequest): void {
    const reason = refusedRight(error, code);
    if (reason === undefined) return;
    const { caller } = request;
    if (caller === undefined && !this.strangers.admits()) return;
    const details = {
      route: request.routeOptions.url ?? 'none',
      outcome: code,
      ...this.strangers.takeSuppressed(),
    };
    const requester = { ...(caller === undefined ? {} : requesterOf(caller)), ...peerOf(request.raw.socket) };
    const circumstances = { requester, ...(caller === undefined ? {} : { purpose: caller.purpose }) };
    this.trail
      .record({ action: 'request.refused', outcome: 'refused', reason, details }, circumstances)
      .catch((failure: unknown) => {
        this.logger.error({ err: failure }, 'refusal not recorded');
      });
  }
}
