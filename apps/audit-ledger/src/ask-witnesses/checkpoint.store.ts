import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
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
  async keep({ size, note, at }: KeptCheckpoint): Promise<void> {
    await this.pool.query({
      name: 'keep-checkpoint',
      text: 'insert into checkpoint (size, note, at) values ($1, $2, $3) on conflict do nothing',
      values: [size, note, at],
    });
  }

  async newest(): Promise<KeptCheckpoint | undefined> {
    const { rows } = await this.pool.query<Row>('select size, note, at from checkpoint order by size desc limit 1');
    return rows.map(kept)[0];
  }

  async ofSize(size: number): Promise<KeptCheckpoint | undefined> {
    const { rows } = await this.pool.query<Row>('select size, note, at from checkpoint where size = $1', [size]);
    return rows.map(kept)[0];
  }

  /** Those of more than `after` entries, smallest first. */
  async following(after: number, limit: number): Promise<readonly KeptCheckpoint[]> {
    const { rows } = await this.pool.query<Row>(
      'select size, note, at from checkpoint where size > $1 order by size limit $2',
      [after, limit],
    );
    return rows.map(kept);
  }
}

const kept = (row: Row): KeptCheckpoint => ({ ...row, size: Number(row.size) });
