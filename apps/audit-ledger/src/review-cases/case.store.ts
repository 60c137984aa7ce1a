import { type Transaction } from '@hie/persistence';
import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { type EntityManager } from 'typeorm';

import { CaseCipher } from './case-cipher.js';
import { CaseEventEntity } from './case-event.entity.js';
import { ReviewCaseEntity } from './review-case.entity.js';
import { type ReviewCase, type ToldCaseEvent, caseOf } from './review-case.js';

/** What lists of cases are asked by. */
export interface CaseFilter {
  readonly state: 'open' | 'closed' | 'overdue' | 'all';
  readonly count: number;
}

/** In the order of `rowOf`. */
const COLUMNS = `case_id as "caseId", txn, reason, opened_at as "openedAt", due_at as "dueAt", assignee_member as "assigneeMember",
  assignee_user as "assigneeUser", outcome, closed_at as "closedAt"`;

/** What lists are made of. */
export function rowOf(
  caseId: string,
  { txn, reason, openedAt, dueAt, assignee, outcome, closedAt }: ReviewCase,
): ReviewCaseEntity {
  return {
    ...{ caseId, txn, reason, openedAt: new Date(openedAt), dueAt: new Date(dueAt) },
    ...{ assigneeMember: assignee?.memberId ?? null, assigneeUser: assignee?.userId ?? null },
    ...{ outcome: outcome ?? null, closedAt: closedAt === undefined ? null : new Date(closedAt) },
  };
}

/** Keeps the events of cases, and where each case stands. */
@Injectable()
export class CaseStore {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly cipher: CaseCipher,
  ) {}

  /** All events of a case, in order; none for a case that is not there. */
  async eventsOf(caseId: string, manager?: EntityManager): Promise<readonly ToldCaseEvent[]> {
    const text = 'select seq, content from case_event where case_id = $1 order by seq';
    const rows: { seq: number; content: Buffer }[] =
      manager === undefined
        ? (await this.pool.query<{ seq: number; content: Buffer }>(text, [caseId])).rows
        : await manager.query(text, [caseId]);
    return rows.map(({ seq, content }) => this.cipher.open({ caseId, seq }, content) as ToldCaseEvent);
  }

  /** Adds an event behind the others. Two who add at once: the second fails on the primary key, and may look again. */
  async add(
    { manager }: Pick<Transaction, 'manager'>,
    caseId: string,
    before: readonly ToldCaseEvent[],
    told: ToldCaseEvent,
  ): Promise<void> {
    const seq = before.length;
    await manager.insert(CaseEventEntity, { caseId, seq, content: this.cipher.seal({ caseId, seq }, told) });
    await this.keep(rowOf(caseId, caseOf([...before, told])), manager);
  }

  /** Keeps where a case stands. */
  async keep(row: ReviewCaseEntity, manager: EntityManager): Promise<void> {
    await manager.upsert(ReviewCaseEntity, row, ['caseId']);
  }

  /** Where cases stand, as far as the table says. */
  async rowsOf(caseIds: readonly string[], manager?: EntityManager): Promise<readonly ReviewCaseEntity[]> {
    const text = `select ${COLUMNS} from review_case where case_id = any($1::uuid[])`;
    if (manager !== undefined) return manager.query(text, [caseIds]);
    return (await this.pool.query<ReviewCaseEntity>(text, [caseIds])).rows;
  }

  /** The case of a transaction, where it has one. */
  async caseOfTransaction(txn: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ case_id: string }>('select case_id from review_case where txn = $1', [
      txn,
    ]);
    return rows[0]?.case_id;
  }

  /** Cases, those due first at the top. */
  async list({ state, count }: CaseFilter): Promise<readonly object[]> {
    const where = {
      all: 'true',
      open: 'closed_at is null',
      closed: 'closed_at is not null',
      overdue: 'closed_at is null and due_at < now()',
    }[state];
    const { rows } = await this.pool.query<object>(
      `select ${COLUMNS}, closed_at is null and due_at < now() as "isOverdue"
       from review_case where ${where} order by due_at, case_id limit $1`,
      [count],
    );
    return rows;
  }
}
