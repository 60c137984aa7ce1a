import { randomUUID } from 'node:crypto';

import { identityStandingChanged, personMerged, recordLinked } from '@hie/contracts';
import { AuditWriter, MessageWriter } from '@hie/messaging';
import type { OutboxRecord } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { MemberDirectory } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import type { IdentityChanges } from './identity-changes.js';
import { toldOf } from '../merge-persons/standing-under.js';
import type { StoredEvent } from './identity-event.repository.js';
import { type MergeEvent, isMove, movedPersons } from './identity-event.js';

/** Tells the record locator whose records are now, whoever releases answers who was moved, and the ledger who changed it. */
@Injectable()
export class IdentityAnnouncer {
  constructor(
    private readonly writer: MessageWriter,
    private readonly audit: AuditWriter,
    private readonly directory: MemberDirectory,
  ) {}

  /** @param epoch how often anybody will have been moved, these moves among them. */
  async records(
    { linked, retracted, facts, events }: IdentityChanges,
    claims: TransactionClaims,
    epoch: number,
  ): Promise<OutboxRecord[]> {
    const at = new Date().toISOString();
    const pointers = linked.map(({ entity: { recordId, memberId, personId }, content: { identifier, patientId } }) =>
      this.writer.write(recordLinked, {
        eventId: randomUUID(),
        recordId,
        memberId,
        personId,
        identifier: { ...identifier },
        discloses: this.directory.find(memberId)?.discloses ?? false,
        at,
        ...(patientId === undefined ? {} : { patientId }),
      }),
    );
    const gone = retracted.map(({ tombstone: { recordId, memberId }, identifier }) =>
      this.writer.write(recordLinked, {
        ...{ eventId: randomUUID(), recordId, memberId, identifier: { ...identifier }, at },
        discloses: this.directory.find(memberId)?.discloses ?? false,
      }),
    );
    const moved = new Set(events.filter(isMove).flatMap(movedPersons));
    const standings = [...moved].map((personId) =>
      this.writer.write(identityStandingChanged, { eventId: randomUUID(), personId, epoch, at }),
    );
    const audited = facts.map((each) => this.audit.write(each, { claims }));
    return (await Promise.all([...pointers, ...gone, ...standings, ...audited])).map(({ record }) => record);
  }

  /** Tells the ledger whose entries are whose, of these persons and of everybody merged into them. */
  async merged(personIds: readonly string[], merges: readonly StoredEvent<MergeEvent>[]): Promise<OutboxRecord[]> {
    const at = new Date().toISOString();
    const told = toldOf(personIds, merges).map((each) =>
      this.writer.write(personMerged, { eventId: randomUUID(), ...each, at }),
    );
    return (await Promise.all(told)).map(({ record }) => record);
  }
}
