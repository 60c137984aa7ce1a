import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import { type ChainEntry, chainActions } from './find-gaps.js';

interface Row extends Omit<ChainEntry, 'index'> {
  readonly index: string;
}

/** Reads the ways of queries from the projection. */
@Injectable()
export class ChainStore {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /** All steps of every query that has one among the entries from `begin` up to, and without, `end`. */
  async chainsOf(begin: number, end: number): Promise<readonly ChainEntry[]> {
    const { rows } = await this.pool.query<Row>({
      name: 'chains-of-entries',
      text: `
        select index, txn, action, head -> 'seals' as seals from entry
        where action = any($3::text[]) and txn in (
          select txn from entry where index >= $1 and index < $2 and txn is not null and action = any($3::text[]))
        order by index`,
      values: [begin, end, chainActions],
    });
    return rows.map((row) => ({ ...row, index: Number(row.index) }));
  }
}
