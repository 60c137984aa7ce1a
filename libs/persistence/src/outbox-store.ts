import type { Pool } from 'pg';

import type { OutboxRecord } from './commit-batch.js';

/** The outbox as the relay sees it: what was sent is removed, what was left behind by a crash is found again. */
export class OutboxStore {
  constructor(private readonly pool: Pool) {}

  async remove(ids: readonly string[]): Promise<void> {
    await this.pool.query({
      name: 'outbox-remove',
      text: 'delete from outbox where id = any($1::uuid[])',
      values: [ids],
    });
  }

  /** Records older than `ageMs`, oldest first: committed, but their sending was never confirmed. */
  async stale(ageMs: number, limit: number): Promise<readonly OutboxRecord[]> {
    const { rows } = await this.pool.query<OutboxRecord>({
      name: 'outbox-stale',
      text: `select id, topic, key, record from outbox
             where created_at < now() - make_interval(secs => $1 / 1000.0) order by created_at limit $2`,
      values: [ageMs, limit],
    });
    return rows;
  }

  /** Whether this very delivery had its effect before: the same message from the same place on the log. */
  async wasHandled(msgId: string, topic: string, partition: number, offset: string): Promise<boolean> {
    const { rowCount } = await this.pool.query({
      name: 'inbox-was-handled',
      text: `select 1 from inbox where msg_id = $1 and topic = $2 and log_partition = $3 and log_offset = $4 limit 1`,
      values: [msgId, topic, partition, offset],
    });
    return rowCount === 1;
  }

  /** Forgets inbox rows whose message the broker no longer keeps, so that it can't be delivered again. */
  async forgetInbox(olderThanMs: number): Promise<void> {
    await this.pool.query('delete from inbox where received_at < now() - make_interval(secs => $1 / 1000.0)', [
      olderThanMs,
    ]);
  }
}
