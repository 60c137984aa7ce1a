import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { type TreeHead, isShardName, readCheckpoint } from '@hie/transparency-log';
import type { Pool } from 'pg';

/** A cosigned checkpoint that was kept. */
export interface KeptCheckpoint {
  readonly size: number;
  readonly note: string;
  readonly at: Date;
}

interface Row extends Omit<KeptCheckpoint, 'size'> {
  readonly size: string;
}

/** Keeps every cosigned checkpoint before it is published. */
@Injectable()
export class CheckpointStore {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /** One of this size that is there already stays as it is. */
  async keep(shard: string, { size, note, at }: KeptCheckpoint): Promise<void> {
    await this.pool.query({
      name: 'keep-checkpoint',
      text: 'insert into checkpoint (shard, size, note, at) values ($1, $2, $3, $4) on conflict do nothing',
      values: [shard, size, note, at],
    });
  }

  async newest(shard: string): Promise<KeptCheckpoint | undefined> {
    const { rows } = await this.pool.query<Row>(
      'select size, note, at from checkpoint where shard = $1 order by size desc limit 1',
      [shard],
    );
    return rows.map(kept)[0];
  }

  /**
   * The head of the newest kept checkpoint of each shard. Not verified: the keys that signed the older ones may be gone, and whoever writes a
   * head into this table that never was can do no more with it than keep the ledger from starting.
   *
   * @throws TransparencyLogError for what is no checkpoint.
   */
  async heads(): Promise<ReadonlyMap<string, TreeHead>> {
    const { rows } = await this.pool.query<{ shard: string; note: string }>(NEWEST_OF_EACH);
    const named = rows.filter(({ shard }) => isShardName(shard));
    return new Map(named.map(({ shard, note }) => [shard, readCheckpoint(note).checkpoint]));
  }

  async ofSize(shard: string, size: number): Promise<KeptCheckpoint | undefined> {
    const { rows } = await this.pool.query<Row>(
      'select size, note, at from checkpoint where shard = $1 and size = $2',
      [shard, size],
    );
    return rows.map(kept)[0];
  }

  /** Those of more than `after` entries, smallest first. */
  async following(shard: string, after: number, limit: number): Promise<readonly KeptCheckpoint[]> {
    const { rows } = await this.pool.query<Row>(
      'select size, note, at from checkpoint where shard = $1 and size > $2 order by size limit $3',
      [shard, after, limit],
    );
    return rows.map(kept);
  }
}

/** A half-year has millions of them: each shard is looked up by the index alone. */
const NEWEST_OF_EACH = `
  with recursive known (shard) as (
    (select shard from checkpoint order by shard limit 1)
    union all
    select (select c.shard from checkpoint c where c.shard > known.shard order by c.shard limit 1) from known where known.shard is not null
  )
  select known.shard, newest.note from known,
    lateral (select note from checkpoint where checkpoint.shard = known.shard order by size desc limit 1) newest`;

const kept = (row: Row): KeptCheckpoint => ({ ...row, size: Number(row.size) });
