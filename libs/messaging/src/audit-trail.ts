import { randomUUID } from 'node:crypto';

import type { GroupCommitter } from '@hie/persistence';

import type { AuditCircumstances, AuditWriter } from './audit-writer.js';
import type { AuditFacts } from './hop.js';
import type { OutboxRelay } from './outbox-relay.js';

/** Tells the ledger of what happened outside a message: at an HTTP door, or when a timer ran out. */
export class AuditTrail {
  constructor(
    private readonly writer: AuditWriter,
    private readonly committer: GroupCommitter,
    private readonly relay: OutboxRelay,
  ) {}

  /** Resolves when the event is in the outbox: from then on it reaches the ledger, whatever happens to this process. */
  async record(facts: AuditFacts, circumstances: AuditCircumstances): Promise<void> {
    const { record } = await this.writer.write(facts, circumstances);
    const origin = { topic: 'local', partition: 0, offset: '0' };
    await this.committer.commit({ ...origin, msgId: randomUUID(), part: 'audit', outputs: [record] });
    void this.relay.handOff([record]);
  }
}
