import { randomUUID } from 'node:crypto';

import { type GlassReported, OPERATOR } from '@hie/contracts';
import { AuditWriter } from '@hie/messaging';
import { type Delivery, UnitOfWork } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';

import { BreakGlassLinkEntity } from './break-glass-link.entity.js';
import { BreakGlassNoticeEntity } from './break-glass-notice.entity.js';

/** A notice as its reader sees it. */
export interface ShownNotice {
  readonly noticeId: string;
  /** The member that is told. */
  readonly memberId: string;
  readonly txn: string;
  readonly requester: { readonly memberId: string; readonly userId?: string };
  /** Whose record it was; the gateway turns it into the reader's own handle. */
  readonly personId?: string;
  readonly reviewCaseId?: string;
  readonly brokenAt: string;
  readonly issuedAt: string;
  readonly deliveredAt?: string;
  readonly acknowledgedAt?: string;
  readonly acknowledgedBy?: string;
}

const MOST = 500;

/** Tells members that a glass was broken and their records were asked for; each notice stays open until somebody there takes note. */
@Injectable()
export class BreakGlassNotices {
  constructor(
    private readonly source: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditWriter,
  ) {}

  /** Issues a notice for each member whose records were asked for, and links the ledger's case to this service's. */
  async issue(delivery: Delivery, { txn, caseId, requester, members, brokenAt }: GlassReported): Promise<void> {
    await this.unitOfWork.once(delivery, async ({ manager, announce }) => {
      await manager.upsert(BreakGlassLinkEntity, { txn, reviewCaseId: caseId }, ['txn']);
      const notices = members.map((memberId) => ({
        ...{ noticeId: randomUUID(), txn, memberId, brokenAt: new Date(brokenAt) },
        ...{ requesterMember: requester.memberId, requesterUser: requester.userId ?? null },
      }));
      if (notices.length === 0) return;
      await manager.insert(BreakGlassNoticeEntity, notices);
      const personId = await personOf(manager, txn);
      const written = notices.map(({ noticeId, memberId }) => {
        const details = { notice: noticeId, member: memberId, case: caseId };
        const facts = { action: 'notice.issued', outcome: 'success', details } as const;
        return this.audit.write({ ...facts, ...(personId === null ? {} : { personId }) }, { txn, purpose: 'BTG' });
      });
      await announce((await Promise.all(written)).map(({ record }) => record));
    });
  }

  /** A member's own notices, newest first; those of all members for the operator's compliance staff. */
  async list({ org }: TransactionClaims['tctx'], isOpenOnly: boolean): Promise<readonly ShownNotice[]> {
    const rows = await this.source.getRepository(BreakGlassNoticeEntity).find({
      where: {
        ...(org === OPERATOR ? {} : { memberId: org }),
        ...(isOpenOnly ? { acknowledgedAt: IsNull() } : {}),
      },
      order: { issuedAt: 'DESC', noticeId: 'ASC' },
      take: MOST,
    });
    if (rows.length === 0) return [];
    const links = await this.source.getRepository(BreakGlassLinkEntity).findBy(rows.map(({ txn }) => ({ txn })));
    const byTxn = new Map(links.map((link) => [link.txn, link]));
    return rows.map((row) => shown(row, byTxn.get(row.txn)));
  }

  /**
   * Takes note, on behalf of the member that is told; a second time changes nothing.
   *
   * @throws Refusal `notice-not-found` for another member's as for none.
   */
  async acknowledge(noticeId: string, claims: TransactionClaims): Promise<void> {
    const { org: memberId, user } = claims.tctx;
    await this.unitOfWork.run(async ({ manager, announce }) => {
      const notice = await manager.findOne(BreakGlassNoticeEntity, {
        where: { noticeId, memberId },
        lock: { mode: 'pessimistic_write' },
      });
      if (notice === null) {
        const isAnothers = await manager.existsBy(BreakGlassNoticeEntity, { noticeId });
        throw new Refusal('notice-not-found', 404, isAnothers ? 'notice-of-another' : undefined);
      }
      if (notice.acknowledgedAt !== null) return;
      const by = { acknowledgedAt: new Date(), acknowledgedBy: user ?? claims.sub };
      await manager.update(BreakGlassNoticeEntity, { noticeId }, by);
      const details = { notice: noticeId, query: notice.txn };
      const facts = { action: 'notice.acknowledged', outcome: 'success', details } as const;
      await announce([(await this.audit.write(facts, { claims })).record]);
    });
  }
}

const personOf = async (manager: EntityManager, txn: string): Promise<string | null> =>
  (await manager.findOneBy(BreakGlassLinkEntity, { txn }))?.personId ?? null;

function shown(row: BreakGlassNoticeEntity, link: BreakGlassLinkEntity | undefined): ShownNotice {
  const { noticeId, memberId, txn, requesterMember, requesterUser, deliveredAt, acknowledgedAt, acknowledgedBy } = row;
  return {
    ...{ noticeId, memberId, txn },
    requester: { memberId: requesterMember, ...(requesterUser === null ? {} : { userId: requesterUser }) },
    ...(link?.personId ? { personId: link.personId } : {}),
    ...(link?.reviewCaseId ? { reviewCaseId: link.reviewCaseId } : {}),
    brokenAt: row.brokenAt.toISOString(),
    issuedAt: row.issuedAt.toISOString(),
    ...(deliveredAt === null ? {} : { deliveredAt: deliveredAt.toISOString() }),
    ...(acknowledgedAt === null ? {} : { acknowledgedAt: acknowledgedAt.toISOString() }),
    ...(acknowledgedBy === null ? {} : { acknowledgedBy }),
  };
}
