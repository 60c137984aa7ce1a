import { PG_POOL, PinoLogger } from '@hie/service-kit';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';

import { nextAttemptMs } from './next-attempt.js';
import { NoticePort } from './notice-port.js';

const ROUND_MS = 5_000;
const AT_ONCE = 20;

interface DueNotice {
  readonly noticeId: string;
  readonly memberId: string;
  readonly txn: string;
  readonly issuedAt: Date;
  readonly attempts: number;
}

/**
 * Sends notices to the members that have a way to be told, again and again until somebody there has acknowledged.
 *
 * A notice is put off before it is sent: an instance that dies while sending has it sent again later, and two never send it at once.
 */
@Injectable()
export class NoticeCourier implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly port: NoticePort,
    private readonly logger: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.port.members.length === 0) return;
    this.timer = setInterval(() => {
      this.round().catch((error: unknown) => this.logger.warn({ err: error }, 'notices not sent'));
    }, ROUND_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Sends what is due. @returns how many members have taken theirs. */
  async round(): Promise<number> {
    const due = await this.takeDue();
    const delivered = await Promise.all(due.map((notice) => this.send(notice)));
    return delivered.filter((isDelivered) => isDelivered).length;
  }

  private async send({ noticeId, memberId, txn, issuedAt, attempts }: DueNotice): Promise<boolean> {
    const isDelivered = await this.port.deliver(memberId, { noticeId, txn, issuedAt: issuedAt.toISOString() }).then(
      () => true,
      (error: unknown) => {
        this.logger.warn({ err: error, memberId, attempts }, 'notice not taken');
        return false;
      },
    );
    await this.pool.query(
      `update break_glass_notice set attempt_at = now() + make_interval(secs => $2 / 1000.0),
         delivered_at = case when $3 then now() else delivered_at end
       where notice_id = $1`,
      [noticeId, nextAttemptMs(attempts, isDelivered), isDelivered],
    );
    return isDelivered;
  }

  private async takeDue(): Promise<readonly DueNotice[]> {
    const { rows } = await this.pool.query<DueNotice>(
      `update break_glass_notice set attempts = attempts + 1, attempt_at = now() + make_interval(secs => $3 / 1000.0)
       where notice_id in (
         select notice_id from break_glass_notice
         where acknowledged_at is null and attempt_at <= now() and member_id = any($1)
         order by attempt_at limit $2 for update skip locked
       ) returning notice_id as "noticeId", member_id as "memberId", txn, issued_at as "issuedAt", attempts`,
      [this.port.members, AT_ONCE, nextAttemptMs(1, false)],
    );
    return rows;
  }
}
