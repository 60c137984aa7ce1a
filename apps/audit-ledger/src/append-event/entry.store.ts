import type { Statement } from '@hie/persistence';
import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import type { LedgerEntry } from './ledger-entry.js';

/** An entry that stands in the log. */
export interface StandingEntry {
  readonly index: number;
  readonly leafHash: Uint8Array;
  readonly entry: LedgerEntry;
}

/** Adds entries to the projection; one that is there already stays as it is. */
export function insertEntries(entries: readonly StandingEntry[]): readonly Statement[] {
  return [
    {
      name: 'insert-entries',
      text: `
      insert into entry (index, event_id, leaf_hash, txn, action, patient, content, at)
      select * from unnest($1::bigint[], $2::uuid[], $3::bytea[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[], $8::timestamptz[])
      on conflict do nothing`,
      values: [
        entries.map(({ index }) => index),
        entries.map(({ entry }) => entry.eventId),
        entries.map(({ leafHash }) => Buffer.from(leafHash)),
        entries.map(({ entry }) => entry.txn ?? null),
        entries.map(({ entry }) => entry.action),
        entries.map(({ entry }) => entry.patient ?? null),
        entries.map(({ entry }) => JSON.stringify(entry)),
        entries.map(({ entry }) => entry.at),
      ],
    },
  ];
}

/** Reads the projection. */
@Injectable()
export class EntryStore {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /** The place of events that are in the log already. */
  async placesOf(eventIds: readonly string[]): Promise<ReadonlyMap<string, { index: number; leafHash: Uint8Array }>> {
    const { rows } = await this.pool.query<{ event_id: string; index: string; leaf_hash: Buffer }>({
      name: 'places-of-events',
      text: 'select event_id, index, leaf_hash from entry where event_id = any($1::uuid[])',
      values: [eventIds],
    });
    return new Map(rows.map((row) => [row.event_id, { index: Number(row.index), leafHash: row.leaf_hash }]));
  }

  /** How many entries the projection has without a gap. */
  async size(): Promise<number> {
    const { rows } = await this.pool.query<{ size: string }>('select coalesce(max(index) + 1, 0) as size from entry');
    return Number(rows[0]?.size ?? 0);
  }

  async insert(entries: readonly StandingEntry[]): Promise<void> {
    for (const statement of insertEntries(entries)) await this.pool.query(statement);
  }
}
