import { createHash } from 'node:crypto';

import { type AuditCircumstances, AuditTrail } from '@hie/messaging';
import { PinoLogger } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

/** Something that happened, or that a service says it told, and that the log has not got. */
export interface GapAlert {
  readonly reason: 'entry-missing' | 'tally-missing' | 'tally-overdue';
  readonly service: string;
  readonly details: Readonly<Record<string, string | number>>;
  readonly txn?: string;
  /** What makes it this gap and no other. */
  readonly identity: string;
}

/** Says that something is missing: an error in the service's log, and an entry of the ledger, `ledger.gap-found`. */
@Injectable()
export class GapAlerts {
  constructor(
    private readonly trail: AuditTrail,
    private readonly logger: PinoLogger,
  ) {}

  async raise({ reason, service, details, txn, identity }: GapAlert): Promise<void> {
    const about: Pick<AuditCircumstances, 'txn'> = txn === undefined ? {} : { txn };
    this.logger.error({ ...about, ...details, reason, missingFrom: service }, 'ledger entry missing');
    const facts = { action: 'ledger.gap-found', outcome: 'failed', reason, details: { ...details, service } } as const;
    // The same gap has the same event, which the ledger takes once, however often a fresh process looks back at it.
    await this.trail.record(facts, { ...about, eventId: eventIdOf(identity) });
  }
}

function eventIdOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
