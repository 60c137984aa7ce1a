import { AuditWriter } from '@hie/messaging';
import { FieldCipher, MemberKeys, UnitOfWork } from '@hie/persistence';
import { type TransactionClaims, signedInPersonOf } from '@hie/purpose-of-use';
import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { BreakGlassCaseEntity } from './break-glass-case.entity.js';

/** What the reason is sealed for. */
export const REASON_COLUMN = 'break_glass_case.reason';

/** Opens the case that every breaking of the glass leaves behind, before anything is asked. */
@Injectable()
export class BreakGlassHandler {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly source: DataSource,
    private readonly cipher: FieldCipher,
    private readonly keys: MemberKeys,
    private readonly audit: AuditWriter,
  ) {}

  /**
   * @param txn the query that is about to be asked
   * @throws Refusal `person-missing` where nobody signed in, `case-exists` for a query that has one.
   */
  async open(txn: string, reason: string, claims: TransactionClaims): Promise<void> {
    const { org: memberId } = claims.tctx;
    // A system may name anybody as acting; only a person's own sign-in breaks the glass.
    const userId = signedInPersonOf(claims);
    if (userId === undefined) throw new Refusal('person-missing', 403);
    await this.keys.ensure(memberId);
    const sealed = this.cipher.seal(memberId, REASON_COLUMN, reason);
    // What was written can be held against the ledger later; keyed, because the log is public and reasons are short enough to guess.
    const reasonDigest = this.cipher.blindIndex(memberId, reason).toString('base64url');
    await this.unitOfWork.run(async ({ manager, announce }) => {
      const { raw } = await manager
        .createQueryBuilder()
        .insert()
        .into(BreakGlassCaseEntity)
        .values({ txn, memberId, userId, reason: sealed })
        .orIgnore()
        .returning('txn')
        .execute();
      if ((raw as unknown[]).length === 0) throw new Refusal('case-exists', 409);
      const details = { query: txn, reasonDigest, acr: claims.rctx.acr ?? '' };
      const { record } = await this.audit.write({ action: 'glass.broken', outcome: 'success', details }, { claims });
      await announce([record]);
    });
  }

  /** Whether a query's case is on file, opened by the person and the member that the query is asked for. */
  hasCase({ txn, tctx }: TransactionClaims): Promise<boolean> {
    const { org: memberId, user: userId = '' } = tctx;
    return this.source.getRepository(BreakGlassCaseEntity).existsBy({ txn, memberId, userId });
  }
}
