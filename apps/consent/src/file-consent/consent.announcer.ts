import { randomUUID } from 'node:crypto';

import { consentChanged, consentStandingChanged } from '@hie/contracts';
import { AuditWriter, MessageWriter } from '@hie/messaging';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import type { ConsentVersionEntity } from '../directives/consent.entity.js';

/** Tells the others that a directive changed, and the ledger who changed it. */
@Injectable()
export class ConsentAnnouncer {
  constructor(
    private readonly writer: MessageWriter,
    private readonly audit: AuditWriter,
  ) {}

  /** @param epoch how many versions there are about this person, this one among them. */
  async records(
    row: Pick<ConsentVersionEntity, 'consentId' | 'version' | 'personId' | 'isActive'>,
    epoch: number,
    claims: TransactionClaims,
  ) {
    const { consentId, version, personId, isActive } = row;
    const status = isActive ? 'active' : 'inactive';
    const at = new Date().toISOString();
    const announced = await this.writer.write(consentChanged, {
      eventId: randomUUID(),
      consentId,
      version,
      personId,
      status,
      at,
    });
    const standing = await this.writer.write(consentStandingChanged, { eventId: randomUUID(), personId, epoch, at });
    const reference = `Consent/${consentId}/_history/${version}`;
    const facts = {
      action: 'consent.filed',
      outcome: 'success',
      personId,
      details: { consentVersion: reference, status, epoch },
    } as const;
    const audited = await this.audit.write(facts, { claims });
    return [announced.record, standing.record, audited.record];
  }
}
