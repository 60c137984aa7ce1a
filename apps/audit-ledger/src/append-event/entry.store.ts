import type { EntryHead } from '@hie/ledger-entry';
import type { Statement } from '@hie/persistence';
import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

/** An entry that stands in the log. */
export interface StandingEntry {
  readonly index: number;
  readonly leafHash: Uint8Array;
  readonly head: EntryHead;
  /** Sealed, base64url. */
  readonly details: string;
}

/** Adds entries to the projection; one that is there already stays as it is. */
export function insertEntries(entries: readonly StandingEntry[]): readonly Statement[] {
  const heads = entries.map(({ head }) => head);
  return [
    {
      name: 'insert-entries',
      text: `
      insert into entry (index, event_id, leaf_hash, txn, at, service, action, outcome, reason, purpose, member, client, user_id,
                         patient, head, details)
      select * from unnest($1::bigint[], $2::uuid[], $3::bytea[], $4::uuid[], $5::timestamptz[], $6::text[], $7::text[], $8::text[],
                           $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::uuid[], $15::jsonb[], $16::bytea[])
      on conflict do nothing`,
      values: [
        entries.map(({ index }) => index),
        heads.map(({ eventId }) => eventId),
        entries.map(({ leafHash }) => Buffer.from(leafHash)),
        heads.map(({ txn }) => txn ?? null),
        heads.map(({ at }) => at),
        heads.map(({ service }) => service),
        heads.map(({ action }) => action),
        heads.map(({ outcome }) => outcome),
        heads.map(({ reason }) => reason ?? null),
        heads.map(({ purpose }) => purpose ?? null),
        heads.map(({ requester }) => requester?.memberId ?? null),
        heads.map(({ requester }) => requester?.clientId ?? null),
        heads.map(({ requester }) => requester?.userId ?? null),
        heads.map(({ patient }) => patient ?? null),
        heads.map((head) => JSON.stringify(head)),
        entries.map(({ details }) => Buffer.from(details, 'base64url')),
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
