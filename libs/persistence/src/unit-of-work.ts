import type { DataSource, EntityManager } from 'typeorm';

import { type OutboxRecord, outboxInsert } from './commit-batch.js';

/** Where a message lay when it was delivered. */
export interface Delivery {
  readonly msgId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** One transaction: what is stored and what is announced become true together. */
export interface Transaction {
  readonly manager: EntityManager;
  /** Writes messages into the outbox; they are sent after the commit. */
  readonly announce: (records: readonly OutboxRecord[]) => Promise<void>;
}

/** Runs a service's own state changes, each in one transaction with the messages that announce it. */
export class UnitOfWork {
  constructor(
    private readonly source: DataSource,
    /** Told after the commit, so that messages leave at once, and says whether they did; what it misses, the relay's sweep sends. */
    private readonly afterCommit: (records: readonly OutboxRecord[]) => Promise<boolean>,
  ) {}

  async run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const { result } = await this.commit(work);
    return result;
  }

  /**
   * As `run`, and waits until the messages have left.
   *
   * @returns `isTold`: whether the log has them. Where it has not, they are stored and sent later.
   */
  async runAndTell<T>(
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<{ readonly result: T; readonly isTold: boolean }> {
    const { result, sending } = await this.commit(work);
    return { result, isTold: await sending };
  }

  private async commit<T>(
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<{ readonly result: T; readonly sending: Promise<boolean> }> {
    const announced: OutboxRecord[] = [];
    const result = await this.source.transaction(async (manager) =>
      work({
        manager,
        announce: async (records) => {
          const { text, values } = outboxInsert(records);
          await manager.query(text, values);
          announced.push(...records);
        },
      }),
    );
    return { result, sending: this.afterCommit(announced) };
  }

  /** As `run`, once a message: a redelivery changes nothing and returns `undefined`. */
  once<T>(delivery: Delivery, work: (transaction: Transaction) => Promise<T>): Promise<T | undefined> {
    return this.run(async (transaction) => {
      const inserted: unknown[] = await transaction.manager.query(
        `insert into inbox (msg_id, part, topic, log_partition, log_offset) values ($1, 'main', $2, $3, $4)
         on conflict do nothing returning msg_id`,
        [delivery.msgId, delivery.topic, delivery.partition, delivery.offset],
      );
      return inserted.length === 0 ? undefined : work(transaction);
    });
  }
}
