import { randomUUID } from 'node:crypto';

import { glassReported } from '@hie/contracts';
import { MessageWriter } from '@hie/messaging';
import { UnitOfWork } from '@hie/persistence';
import { Injectable } from '@nestjs/common';

import { GlassReportEntity } from './glass-report.entity.js';
import { TransactionEntries } from './transaction-entries.js';

const AT_ONCE = 100;
/** No query lives longer: one that has no answer by then gets none. */
const NO_ANSWER_AFTER_MS = 45_000;

/** Tells of each broken glass, once: the case that reviews it, and whose records were asked for. */
@Injectable()
export class GlassReports {
  constructor(
    private readonly transactions: TransactionEntries,
    private readonly writer: MessageWriter,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @returns how many must be looked at again, because their answer may still come. */
  async report(nowMs: number): Promise<number> {
    let waiting = 0;
    for (const { caseId, txn, openedAt } of await this.transactions.unreportedGlasses(AT_ONCE)) {
      const glass = await this.transactions.brokenGlass(txn);
      const isOver = nowMs - openedAt.getTime() > NO_ANSWER_AFTER_MS;
      if (glass === undefined || (glass.members === undefined && !isOver)) {
        waiting += 1;
        continue;
      }
      const { memberId, userId } = glass.requester;
      const members = (glass.members ?? []).filter((member) => member !== memberId);
      const requester = { memberId, ...(userId === undefined ? {} : { userId }) };
      const { record } = await this.writer.write(glassReported, {
        eventId: randomUUID(),
        ...{ txn, caseId, requester, members, brokenAt: glass.brokenAt },
      });
      await this.unitOfWork.run(async ({ manager, announce }) => {
        await manager.insert(GlassReportEntity, { txn });
        await announce([record]);
      });
    }
    return waiting;
  }
}
