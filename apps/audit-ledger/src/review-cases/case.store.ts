import { type Transaction } from '@hie/persistence';
import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { type EntityManager } from 'typeorm';

import { CaseCipher } from './case-cipher.js';
import { CaseEventEntity } from './case-event.entity.js';
import { ReviewCaseEntity } from './review-case.entity.js';
import { type ToldCaseEvent, caseOf } from './review-case.js';

/** What lists of cases are asked by. */
export interface CaseFilter {
  readonly state: 'open' | 'closed' | 'overdue' | 'all';
  readonly count: number;
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
    const { txn, reason, openedAt, dueAt, assignee, outcome, closedAt } = caseOf([...before, told]);
    await manager.upsert(
      ReviewCaseEntity,
      {
        ...{ caseId, txn, reason, openedAt: new Date(openedAt), dueAt: new Date(dueAt) },
        ...{ assigneeMember: assignee?.memberId ?? null, assigneeUser: assignee?.userId ?? null },
        ...{ outcome: outcome ?? null, closedAt: closedAt === undefined ? null : new Date(closedAt) },
      },
      ['caseId'],
    );
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
      `select case_id as "caseId", txn, reason, opened_at as "openedAt", due_at as "dueAt", assignee_member as "assigneeMember",
         assignee_user as "assigneeUser", outcome, closed_at as "closedAt", closed_at is null and due_at < now() as "isOverdue"
       from review_case where ${where} order by due_at, case_id limit $1`,
      [count],
    );
    return rows;
  }
}
