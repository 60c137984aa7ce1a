import { randomUUID } from 'node:crypto';

import { recordLinked } from '@hie/contracts';
import { AuditWriter, MessageWriter } from '@hie/messaging';
import type { OutboxRecord } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { MemberDirectory } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import type { SourceRecordEntity } from '../identity-store/source-record.entity.js';
import type { StoredRecord } from '../identity-store/stored-record.js';

/** A record whose place others must know. */
export interface LinkedRecord {
  readonly entity: SourceRecordEntity;
  readonly content: StoredRecord;
}

/** Tells the record locator of links, and the ledger of the feed. */
@Injectable()
export class RegistrationAnnouncer {
  constructor(
    private readonly writer: MessageWriter,
    private readonly audit: AuditWriter,
    private readonly directory: MemberDirectory,
  ) {}

  async records(
    memberId: string,
    linked: readonly LinkedRecord[],
    claims: TransactionClaims,
    count: number,
  ): Promise<OutboxRecord[]> {
    const discloses = this.directory.find(memberId)?.discloses ?? false;
    const at = new Date().toISOString();
    const announced = await Promise.all(
      linked.map(({ entity: { recordId, personId }, content: { identifier, patientId } }) =>
        this.writer.write(recordLinked, {
          eventId: randomUUID(),
          recordId,
          memberId,
          personId,
          identifier: { ...identifier },
          discloses,
          at,
          ...(patientId === undefined ? {} : { patientId }),
        }),
      ),
    );
    const facts = { action: 'records.registered', outcome: 'success', details: { records: count } } as const;
    const audited = await this.audit.write(facts, { claims });
    return [...announced, audited].map(({ record }) => record);
  }
}
