import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { type AuditCircumstances, type AuditFacts, AuditTrail } from '@hie/messaging';
import { PG_POOL, Refusal, SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';

/** An entry that nobody's receipt hurries is in the log within a quarter of a second; a sequencer that starts anew takes seconds. */
const WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

/**
 * Tells the ledger what is given out of it, and waits until the log has that: before, nothing leaves.
 *
 * A replica does not wait. It serves while the log's one writer is dead (docs/adr/0165), and its word is safe in the outbox.
 */
@Injectable()
export class LoggedTrail {
  constructor(
    private readonly trail: AuditTrail,
    @Inject(PG_POOL) private readonly pool: Pool,
    @Inject(SERVICE_CONFIG) private readonly config: Pick<AuditLedgerConfig, 'LEDGER_ROLE'>,
  ) {}

  /** @throws Refusal `not-yet-logged` (503) when the log does not have it within ten seconds; it will, and nothing was given out. */
  async record(facts: AuditFacts, circumstances: Omit<AuditCircumstances, 'eventId'>): Promise<void> {
    const eventId = randomUUID();
    await this.trail.record(facts, { ...circumstances, eventId });
    if (this.config.LEDGER_ROLE === 'replica') return;
    const giveUpMs = performance.now() + WITHIN_MS;
    while (!(await this.isLogged(eventId))) {
      if (performance.now() > giveUpMs) throw new Refusal('not-yet-logged', 503);
      await pause(LOOK_EVERY_MS);
    }
  }

  private async isLogged(eventId: string): Promise<boolean> {
    const statement = { name: 'is-logged', text: 'select from entry where event_id = $1', values: [eventId] };
    return (await this.pool.query(statement)).rowCount === 1;
  }
}
