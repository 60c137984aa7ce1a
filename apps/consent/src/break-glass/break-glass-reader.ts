import { AuditTrail } from '@hie/messaging';
import { FieldCipher, MemberKeys } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { REASON_COLUMN } from './break-glass.handler.js';
import { BreakGlassCaseEntity } from './break-glass-case.entity.js';
import { BreakGlassLinkEntity } from './break-glass-link.entity.js';

/** A case as its reviewer reads it. */
export interface ReadCase {
  readonly txn: string;
  readonly memberId: string;
  readonly userId: string;
  /** In the words of whoever broke the glass; absent once their member was forgotten. */
  readonly reason?: string;
  readonly openedAt: string;
  /** The ledger's case of the same transaction, once it has opened it. */
  readonly reviewCaseId?: string;
}

/** Opens cases for whoever reviews them; that one was read is an entry. */
@Injectable()
export class BreakGlassReader {
  constructor(
    private readonly source: DataSource,
    private readonly cipher: FieldCipher,
    private readonly keys: MemberKeys,
    private readonly trail: AuditTrail,
  ) {}

  /** @throws Refusal `case-not-found`. */
  async read(txn: string, claims: TransactionClaims): Promise<ReadCase> {
    const found = await this.source.getRepository(BreakGlassCaseEntity).findOneBy({ txn });
    if (found === null) throw new Refusal('case-not-found', 404);
    const { memberId, userId, openedAt } = found;
    await this.keys.know([memberId]);
    const isOpen = this.keys.find(memberId) !== undefined;
    const reason = isOpen ? { reason: this.cipher.open(memberId, REASON_COLUMN, found.reason) } : {};
    const link = await this.source.getRepository(BreakGlassLinkEntity).findOneBy({ txn });
    await this.trail.record({ action: 'glass.read', outcome: 'success', details: { query: txn } }, { claims });
    return {
      ...{ txn, memberId, userId, ...reason, openedAt: openedAt.toISOString() },
      ...(link?.reviewCaseId ? { reviewCaseId: link.reviewCaseId } : {}),
    };
  }
}
