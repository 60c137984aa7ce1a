import { AuditWriter } from '@hie/messaging';
import { UnitOfWork, type Transaction } from '@hie/persistence';
import { Injectable } from '@nestjs/common';

import { type PendingQuery, askerOf } from './pending-query.js';
import { type StoredSession, failOpen, failOverdue } from './session.store.js';

/** Ends queries that nobody answered. That one has failed and that the ledger is told so is one commit: a crash leaves both or neither. */
@Injectable()
export class QueryEnding {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditWriter,
  ) {}

  /** At the deadline: with what was released, or as failed, and then the ledger is told. */
  async expire(query: PendingQuery): Promise<void> {
    query.expire();
    if (query.released.length > 0) return;
    await this.unitOfWork.run(async (transaction) => {
      await this.tell(transaction, await failOpen(transaction.manager, query.txn));
    });
  }

  /** Ends open queries whose deadline passed `graceMs` ago, whoever answers them; each is ended by one instance. @returns those. */
  closeOverdue(graceMs: number, limit: number): Promise<readonly StoredSession[]> {
    return this.unitOfWork.run(async (transaction) => {
      const failed = await failOverdue(transaction.manager, { graceMs, limit });
      await this.tell(transaction, failed);
      return failed;
    });
  }

  private async tell({ announce }: Transaction, failed: readonly StoredSession[]): Promise<void> {
    if (failed.length === 0) return;
    const facts = { action: 'query.failed', outcome: 'failed', reason: 'deadline-passed' } as const;
    const entries = await Promise.all(
      failed.map((session) => this.audit.write(facts, { txn: session.txn, requester: askerOf(session) })),
    );
    await announce(entries.map(({ record }) => record));
  }
}
