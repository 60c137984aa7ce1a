import { withClient } from '@hie/persistence';
import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { ClientBase, Pool } from 'pg';

import { joinedEver } from '../follow-merges/person-standings.js';

/** What the projection knows of the entries of one shard. */
export interface RangeFacts {
  readonly rows: number;
  /** When the latest of them happened; absent where there is none. */
  readonly lastAt: Date | undefined;
  readonly heldEntries: number;
  readonly openCases: number;
}

/** The entry that says which shards were dropped, newest. */
export interface DroppingRow {
  /** Its position among the entries of all shards. */
  readonly position: number;
}

/** Reads what keeps a shard, and removes the rows of one that was dropped. */
@Injectable()
export class RetentionStore {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /** Runs something while nobody places a hold or opens a case; what they have placed before, it sees. */
  async whileHoldsStand<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    return withClient(this.pool, async (client) => {
      await client.query('begin');
      await client.query('lock table legal_hold, review_case in share row exclusive mode');
      const result = await work(client);
      await client.query('commit');
      return result;
    });
  }

  /** @param begin, end positions among the entries of all shards. */
  async factsOf(begin: number, end: number, client: Pick<Pool, 'query'> = this.pool): Promise<RangeFacts> {
    const { rows } = await client.query<{ rows: string; last_at: Date | null; held: string; cases: string }>(
      `${joinedEver(`any(select key_id from legal_hold where lifted_at is null)`)},
         held(key_id) as (
           select key_id from legal_hold where lifted_at is null union select key_id from patient_key join joined using (person))
       select count(*) as rows, max(at) as last_at, count(*) filter (where patient in (select key_id from held)) as held,
         count(distinct txn) filter (where txn in (select txn from review_case where closed_at is null)) as cases
       from entry where index >= $1 and index < $2`,
      [begin, end],
    );
    const [found] = rows;
    return {
      ...{ rows: Number(found?.rows ?? 0), lastAt: found?.last_at ?? undefined },
      ...{ heldEntries: Number(found?.held ?? 0), openCases: Number(found?.cases ?? 0) },
    };
  }

  /** The newest entry about dropped shards, as the table has it: to be read from the log, and believed from there. */
  async newestDropping(): Promise<DroppingRow | undefined> {
    const { rows } = await this.pool.query<{ index: string }>(
      `select index from entry where action = 'ledger.shard-dropped' and service = 'audit-ledger' order by index desc limit 1`,
    );
    return rows.map(({ index }) => ({ position: Number(index) }))[0];
  }

  /** Removes rows, and what PostgreSQL keeps of them. @returns how many there were. */
  async dropRows(begin: number, end: number): Promise<number> {
    const { rows } = await this.pool.query<{ dropped: string }>('select drop_entries($1, $2) as dropped', [begin, end]);
    const dropped = Number(rows[0]?.dropped ?? 0);
    if (dropped > 0) await this.pool.query('vacuum entry');
    return dropped;
  }
}
