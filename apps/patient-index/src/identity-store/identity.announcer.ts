import { randomUUID } from 'node:crypto';

import { recordLinked } from '@hie/contracts';
import { AuditWriter, MessageWriter } from '@hie/messaging';
import type { OutboxRecord } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { MemberDirectory } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import type { IdentityChanges } from './identity-changes.js';

/** Tells the record locator whose records are now, and the ledger who changed it. */
@Injectable()
export class IdentityAnnouncer {
  constructor(
    private readonly writer: MessageWriter,
    private readonly audit: AuditWriter,
    private readonly directory: MemberDirectory,
  ) {}

  async records({ linked, facts }: IdentityChanges, claims: TransactionClaims): Promise<OutboxRecord[]> {
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
    const audited = facts.map((each) => this.audit.write(each, { claims }));
    return (await Promise.all([...pointers, ...audited])).map(({ record }) => record);
  }
}
