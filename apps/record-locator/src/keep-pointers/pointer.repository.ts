import type { RecordKind } from '@hie/contracts';
import { FieldCipher, MemberKeys, type Statement } from '@hie/persistence';
import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import type { LocalRecord, PointerEntity } from './pointer.entity.js';

const COLUMN = 'pointer.local';

/** A pointer with its local record opened. */
export interface Pointer extends Pick<PointerEntity, 'memberId' | 'kinds' | 'discloses'> {
  readonly local: LocalRecord;
}

export type PointerRow = Omit<PointerEntity, 'kinds' | 'seenAt'>;

/** Pointers in PostgreSQL; the locator answers from here, because ten million people's pointers do not fit a process. */
@Injectable()
export class PointerRepository {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly cipher: FieldCipher,
    private readonly keys: MemberKeys,
  ) {}

  /** @param exceptRecordIds records that stand under these persons no more, even where the word of it is still on its way. */
  async find(personIds: readonly string[], exceptRecordIds: readonly string[] = []): Promise<readonly Pointer[]> {
    const { rows } = await this.pool.query<Pick<Pointer, 'memberId' | 'kinds' | 'discloses'> & { local: Buffer }>({
      name: 'find-pointers',
      text: `select member_id as "memberId", local, discloses, kinds from pointer
             where person_id = any($1::uuid[]) and record_id <> all($2::uuid[]) order by member_id, linked_at`,
      values: [personIds, exceptRecordIds],
    });
    // Another instance may have met the member first and made its key.
    await this.keys.know(rows.map(({ memberId }) => memberId));
    // What a forgotten member held is not there any more.
    const opened = rows.filter(({ memberId }) => this.keys.find(memberId) !== undefined);
    return opened.map((row) => ({
      ...row,
      local: JSON.parse(this.cipher.open(row.memberId, COLUMN, row.local)) as LocalRecord,
    }));
  }

  async seal(row: Omit<PointerRow, 'local'>, local: LocalRecord): Promise<PointerRow> {
    await this.keys.ensure(row.memberId);
    return { ...row, local: this.cipher.seal(row.memberId, COLUMN, JSON.stringify(local)) };
  }
}

/** Adds pointers or moves them to another person; of two words about one record the later holds. */
export function upsertPointers(rows: readonly PointerRow[]): readonly Statement[] {
  const newest = new Map<string, PointerRow>();
  for (const row of rows) {
    const known = newest.get(row.recordId);
    if (known === undefined || known.linkedAt <= row.linkedAt) newest.set(row.recordId, row);
  }
  const values = [...newest.values()];
  return [
    {
      name: 'upsert-pointers',
      text: `
      insert into pointer (record_id, person_id, member_id, local, discloses, linked_at)
      select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::bool[], $6::timestamptz[])
      on conflict (record_id) do update
        set person_id = excluded.person_id, local = excluded.local, discloses = excluded.discloses,
            linked_at = excluded.linked_at
        where pointer.linked_at <= excluded.linked_at`,
      values: [
        values.map(({ recordId }) => recordId),
        values.map(({ personId }) => personId),
        values.map(({ memberId }) => memberId),
        values.map(({ local }) => local),
        values.map(({ discloses }) => discloses),
        values.map(({ linkedAt }) => linkedAt),
      ],
    },
  ];
}

/** Removes the pointers of records that were retracted. */
export function removePointers(recordIds: readonly string[]): readonly Statement[] {
  return [
    {
      name: 'remove-pointers',
      text: 'delete from pointer where record_id = any($1::uuid[])',
      values: [recordIds],
    },
  ];
}

/** Kinds of record a member was seen to hold of a person. */
export interface SeenKinds {
  readonly personId: string;
  readonly memberId: string;
  readonly kinds: readonly RecordKind[];
  readonly at: string;
}

/** Notes what was seen; a row that already says so, and not long ago, is left alone, because every query brings one. */
export function noteKinds(seen: readonly (readonly SeenKinds[])[]): readonly Statement[] {
  return [
    {
      name: 'note-kinds',
      text: `
      update pointer set kinds = seen.kinds, seen_at = seen."at"
      from jsonb_to_recordset($1::jsonb) as seen("personId" uuid, "memberId" text, kinds text[], "at" timestamptz)
      where pointer.person_id = any($2::uuid[])
        and pointer.person_id = seen."personId" and pointer.member_id = seen."memberId"
        and (pointer.kinds <> seen.kinds or pointer.seen_at is null or pointer.seen_at < seen."at" - interval '1 hour')`,
      // The people a second time: PostgreSQL can't know how few a recordset holds, and would read the whole table to join them.
      values: [JSON.stringify(seen.flat()), seen.flat().map(({ personId }) => personId)],
    },
  ];
}
