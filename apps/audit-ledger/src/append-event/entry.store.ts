import type { EntryHead } from '@hie/ledger-entry';
import type { Statement } from '@hie/persistence';
import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool, QueryConfig } from 'pg';

/** An entry that stands in the log. */
export interface StandingEntry {
  readonly index: number;
  readonly leafHash: Uint8Array;
  readonly head: EntryHead;
  /** Sealed, base64url. */
  readonly details: string;
  /** Of the row: see `rowMac`. */
  readonly mac: Uint8Array;
}

/** What is found of an entry, by whoever has to know first whether it is genuine. */
export type FoundRow = Omit<StandingEntry, 'details'> & { readonly at: Date };

const FOUND = 'index, leaf_hash as "leafHash", at, head, mac';

/** Adds entries to the projection; one that is there already stays as it is. */
export function insertEntries(entries: readonly StandingEntry[]): readonly Statement[] {
  return [
    {
      name: 'insert-entries',
      text: `
      insert into entry (index, leaf_hash, at, head, details, mac)
      select * from unnest($1::bigint[], $2::bytea[], $3::timestamptz[], $4::jsonb[], $5::bytea[], $6::bytea[])
      on conflict do nothing`,
      values: [
        entries.map(({ index }) => index),
        entries.map(({ leafHash }) => Buffer.from(leafHash)),
        entries.map(({ head }) => head.at),
        entries.map(({ head }) => JSON.stringify(head)),
        entries.map(({ details }) => Buffer.from(details, 'base64url')),
        entries.map(({ mac }) => Buffer.from(mac)),
      ],
    },
  ];
}

/** Reads the projection. */
@Injectable()
export class EntryStore {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /** The rows of events, as they are: whether to believe them is another question. */
  rowsOf(eventIds: readonly string[]): Promise<readonly FoundRow[]> {
    return this.find({
      name: 'rows-of-events',
      text: `select ${FOUND} from entry where event_id = any($1::uuid[]) order by index`,
      values: [eventIds],
    });
  }

  /** The first rows at a position or behind it, in order. */
  from(position: number, count: number): Promise<readonly FoundRow[]> {
    return this.find({
      name: 'rows-from',
      text: `select ${FOUND} from entry where index >= $1 order by index limit $2`,
      values: [position, count],
    });
  }

  /** How many rows of a range are there from its first on, without a gap. @param begin, end positions. */
  async heldOf(begin: number, end: number): Promise<number> {
    const { rows } = await this.pool.query<{ rows: string; size: string }>(
      `select count(*) as rows, coalesce(max(index) + 1 - $1::bigint, 0) as size from entry where index >= $1 and index < $2`,
      [begin, end],
    );
    const [counted] = rows;
    return counted?.rows === counted?.size ? Number(counted?.size ?? 0) : this.firstMissing(begin, end);
  }

  /** How many rows of a range there are. @param begin, end positions. */
  async countWithin(begin: number, end: number): Promise<number> {
    const { rows } = await this.pool.query<{ rows: string }>(
      'select count(*) as rows from entry where index >= $1 and index < $2',
      [begin, end],
    );
    return Number(rows[0]?.rows ?? 0);
  }

  private async find(query: QueryConfig): Promise<readonly FoundRow[]> {
    const { rows } = await this.pool.query<FoundRow & { readonly index: string }>(query);
    return rows.map((row) => ({ ...row, index: Number(row.index) }));
  }

  private async firstMissing(begin: number, end: number): Promise<number> {
    const { rows } = await this.pool.query<{ missing: string }>(
      `select coalesce(min(expected), 0) as missing
       from (select row_number() over (order by index) - 1 as expected, index - $1::bigint as index from entry
             where index >= $1 and index < $2) as numbered
       where index <> expected`,
      [begin, end],
    );
    return Number(rows[0]?.missing ?? 0);
  }

  async insert(entries: readonly StandingEntry[]): Promise<void> {
    for (const statement of insertEntries(entries)) await this.pool.query(statement);
  }
}
