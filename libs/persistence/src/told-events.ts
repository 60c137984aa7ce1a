import type { Pool } from 'pg';
import type { QueryRunner } from 'typeorm';

import { type OutboxRecord, outboxInsert } from './commit-batch.js';
import { withClient } from './with-client.js';

/**
 * Creates what a service counts its audit events by, in the schema of the running migration.
 *
 * `told_event` holds the events that were stored with what they tell of and have not been tallied; it is written in the same statement as
 * the outbox, and not touched when an outbox row is sent or lost. `tally` holds the number of the last tally.
 */
export async function createToldEvents(runner: QueryRunner): Promise<void> {
  await runner.query(`create table told_event (event_id uuid not null)`);
  await runner.query(`create table tally (number bigint not null)`);
  await runner.query(`insert into tally values (0)`);
}

export async function dropToldEvents(runner: QueryRunner): Promise<void> {
  await runner.query(`drop table tally`);
  await runner.query(`drop table told_event`);
}

/** What a service has told the ledger since it last said so. */
export interface Tally {
  /** Counts a service's tallies from 1, all its instances' together, without a gap. */
  readonly number: number;
  readonly eventIds: readonly string[];
}

/** The events that a service is to account for. */
export class ToldEvents {
  constructor(private readonly pool: Pool) {}

  /**
   * Takes events out and puts the message that names them into the outbox, in one transaction: none is tallied twice or never.
   *
   * @param most how many events one message may name.
   * @returns the message, which is committed.
   */
  async tally(
    most: number,
    message: (tally: Tally) => Promise<OutboxRecord>,
  ): Promise<Tally & { record: OutboxRecord }> {
    return withClient(this.pool, async (client) => {
      await client.query('begin');
      // Another instance waits here, so that numbers are those of the commits.
      const numbered = await client.query<{ number: string }>('update tally set number = number + 1 returning number');
      const taken = await client.query<{ event_id: string }>(
        `delete from told_event where ctid = any(array(select ctid from told_event limit $1)) returning event_id`,
        [most],
      );
      const tally = {
        number: Number(numbered.rows[0]?.number),
        eventIds: taken.rows.map(({ event_id }) => event_id),
      };
      const record = await message(tally);
      await client.query(outboxInsert([record]));
      await client.query('commit');
      return { ...tally, record };
    });
  }
}
