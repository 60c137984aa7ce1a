import { AuditTrail } from '@hie/messaging';
import { TrustError } from '@hie/purpose-of-use';
import { PinoLogger, peerAddress } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { type CallerRequest, requesterOf } from '../edge/caller.js';
import { MemberSuspended } from '../edge/check-member.js';
import { OutcomeError } from './outcome-error.js';

/** Entries a second that strangers may cause; beyond it they are counted, and the next entry says how many. */
const STRANGERS_PER_SECOND = 10;

/** Outcomes that are refusals of a right, not mistakes of form. */
const refusalCodes = new Set([
  'purpose-missing',
  'purpose-unknown',
  'purpose-not-granted',
  'insufficient-scope',
  'member-suspended',
]);

/** Tells the ledger who was turned away at a door and why; a flood of strangers must not become a flood of entries. */
@Injectable()
export class RefusalRecorder {
  private second = 0;
  private inSecond = 0;
  private suppressed = 0;

  constructor(
    private readonly trail: AuditTrail,
    private readonly logger: PinoLogger,
  ) {}

  note(error: unknown, code: string, request: CallerRequest): void {
    const isRefusal = error instanceof TrustError || error instanceof MemberSuspended;
    if (!isRefusal && !(error instanceof OutcomeError && refusalCodes.has(code))) return;
    const { caller } = request;
    if (caller === undefined && !this.admitsStranger()) return;
    const details = {
      route: request.routeOptions.url ?? 'none',
      outcome: code,
      ...(this.suppressed > 0 ? { suppressed: this.suppressed } : {}),
    };
    this.suppressed = 0;
    const reason = (error as { code?: string }).code ?? code;
    const address = peerAddress(request.raw.socket);
    const requester = {
      ...(caller === undefined ? {} : requesterOf(caller)),
      ...(address === undefined ? {} : { address }),
    };
    const circumstances = { requester, ...(caller === undefined ? {} : { purpose: caller.purpose }) };
    this.trail
      .record({ action: 'request.refused', outcome: 'refused', reason, details }, circumstances)
      .catch((failure: unknown) => {
        this.logger.error({ err: failure }, 'refusal not recorded');
      });
  }

  private admitsStranger(): boolean {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.inSecond = 0;
    }
    this.inSecond += 1;
    if (this.inSecond <= STRANGERS_PER_SECOND) return true;
    this.suppressed += 1;
    return false;
  }
}
