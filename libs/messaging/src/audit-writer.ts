import { randomUUID } from 'node:crypto';

import { type AuditEvent, type ServiceName, auditEventRecorded } from '@hie/contracts';
import type { TransactionClaims } from '@hie/purpose-of-use';

import type { AuditFacts } from './hop.js';
import type { Keyring } from './keyring.js';
import type { MessageWriter, WrittenMessage } from './message-writer.js';
import { vouchedEvent } from './vouched-event.js';

/** What an audit event says of its circumstances. */
export interface AuditCircumstances {
  readonly eventId?: string;
  /** The transaction it happened in; says who asked and why. */
  readonly claims?: TransactionClaims;
  /** Without claims: a request that was refused before it became a transaction. */
  readonly txn?: string;
  readonly purpose?: string;
  readonly requester?: AuditEvent['requester'];
  /** Digests of the seals on which the decision rests, and of what it emitted. */
  readonly seals?: readonly string[];
}

/** Who asked for a transaction, and from where, as every entry of it names them. */
export const transactionRequester = ({ sub, tctx: { org, user }, rctx: { req_ip } }: TransactionClaims) => ({
  memberId: org,
  clientId: sub,
  ...(user === undefined ? {} : { userId: user }),
  ...(req_ip === undefined ? {} : { address: req_ip }),
});

/** Writes the ledger's copy of a decision, sealed by the service that made it. */
export class AuditWriter {
  constructor(
    private readonly service: ServiceName,
    private readonly writer: MessageWriter,
    private readonly sealingKey: Keyring['sealingKey'],
    private readonly now: () => number = Date.now,
  ) {}

  async write(facts: AuditFacts, circumstances: AuditCircumstances): Promise<WrittenMessage> {
    const event = vouchedEvent(this.event(facts, circumstances), this.sealingKey());
    const written = await this.writer.write(auditEventRecorded, event);
    return { ...written, record: { ...written.record, tells: event.eventId } };
  }

  private event(facts: AuditFacts, { eventId, claims, seals, ...rest }: AuditCircumstances): AuditEvent {
    const txn = claims?.txn ?? rest.txn;
    const purpose = claims?.tctx.purp ?? rest.purpose;
    const requester = claims === undefined ? rest.requester : transactionRequester(claims);
    return {
      details: {},
      receiptWanted: false,
      ...facts,
      eventId: eventId ?? randomUUID(),
      service: this.service,
      seals: [...(seals ?? [])],
      at: new Date(this.now()).toISOString(),
      ...(txn === undefined ? {} : { txn }),
      ...(purpose === undefined ? {} : { purpose }),
      ...(requester === undefined ? {} : { requester }),
    };
  }
}
