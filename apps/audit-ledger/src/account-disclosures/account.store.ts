import { DISCLOSING, type PlacedEntry } from '@hie/ledger-report';
import { PG_POOL, Refusal } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import type { KeyPeriod } from '../follow-merges/person-standings.js';
import { ENTRY_COLUMNS, type EntryRow, PlacedEntries } from '../read-entries/placed-entries.js';
import type { DateRange } from '../search-audit-events/date-range.js';
import { transactionsOf } from './accounting.js';

/** Entries of disclosures that one accounting holds; four a day for six years are fewer. */
const MOST = 10_000;
/** The entries of a disclosure's transaction that say what was asked for, and by which rule it was given. */
const EXPLAINING = ['query.requested', 'disclosure.decided'];

/** Reads what an accounting is made of. */
@Injectable()
export class AccountStore {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly placed: PlacedEntries,
  ) {}

  /**
   * The disclosures of a patient in a period, below an index, with what explains them.
   *
   * @throws Refusal `account-too-long` for more than 10,000 entries of disclosures.
   */
  async entriesOf(
    keys: readonly KeyPeriod[],
    { fromMs, beforeMs }: DateRange,
    size: number,
  ): Promise<readonly PlacedEntry[]> {
    const disclosed = await this.rows(
      `select distinct on (index) ${ENTRY_COLUMNS}
       from unnest($1::uuid[], $7::timestamptz[], $8::timestamptz[]) as held (key_id, since, until)
       join entry on patient = key_id and (since is null or at between since and until)
       where index < $2 and action = $3 and outcome = $4 and at >= $5 and at < $6 order by index limit ${MOST + 1}`,
      [
        keys.map(({ keyId }) => keyId),
        ...[size, DISCLOSING.action, DISCLOSING.outcome, new Date(fromMs), new Date(beforeMs)],
        keys.map(({ since }) => since ?? null),
        keys.map(({ until }) => until ?? null),
      ],
    );
    if (disclosed.length > MOST) throw new Refusal('account-too-long', 422);
    const explaining = await this.rows(
      `select ${ENTRY_COLUMNS} from entry where txn = any($1::uuid[]) and index < $2 and action = any($3::text[])`,
      [transactionsOf(disclosed), size, EXPLAINING],
    );
    return [...disclosed, ...explaining];
  }

  private async rows(text: string, values: unknown[]): Promise<readonly PlacedEntry[]> {
    const { rows } = await this.pool.query<EntryRow>(text, values);
    return this.placed.open(rows);
  }
}
