import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { IdentityEventEntity } from './identity-event.entity.js';
import { type IdentityEvent, type MergeEvent, moveKinds } from './identity-event.js';

/** An event as it happened: where in the order, and when. */
export type StoredEvent<E extends IdentityEvent = IdentityEvent> = E & { readonly seq: number; readonly at: Date };

const PAGE = 5_000;
const COLUMNS = 'seq::int8 as seq, kind, record_id as "recordId", person_id as "personId", details, at';

/** The identity events in PostgreSQL; one writer, so their numbers are in the order of their commits. */
@Injectable()
export class IdentityEventRepository {
  constructor(private readonly source: DataSource) {}

  /** @returns the number of the last of them. */
  async append(manager: EntityManager, events: readonly IdentityEvent[]): Promise<number> {
    // Not one `insert` of TypeORM's: its partial types can't tell the members of a union apart.
    const rows = events.map(({ kind, recordId, personId, details }) => ({ kind, recordId, personId, details }));
    const { identifiers } = await manager.insert(IdentityEventEntity, rows as object[]);
    return Number((identifiers.at(-1) as { readonly seq: string }).seq);
  }

  /** The next events after a number, in order; at most a page. */
  async after(seq: number): Promise<readonly StoredEvent[]> {
    const page: StoredEvent[] = await this.source.query(
      `select ${COLUMNS} from identity_event where seq > $1 order by seq limit ${PAGE}`,
      [seq],
    );
    return page.map(numbered);
  }

  /** Every event in order, or those of a record or person alone. */
  async *read(of?: { readonly recordIds: readonly string[]; readonly personIds: readonly string[] }) {
    for (let after = 0; ;) {
      const page: StoredEvent[] = await this.source.query(
        `select ${COLUMNS} from identity_event
         where seq > $1 and ($2::uuid[] is null or record_id = any($2) or person_id = any($3)) order by seq limit ${PAGE}`,
        [after, of === undefined ? null : [...of.recordIds], of === undefined ? null : [...of.personIds]],
      );
      yield* page.map(numbered);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = Number(last.seq);
    }
  }

  /** Everything that happened to a record, in order. */
  async ofRecord(recordId: string): Promise<readonly StoredEvent[]> {
    const found: StoredEvent[] = [];
    for await (const event of this.read({ recordIds: [recordId], personIds: [] })) found.push(event);
    return found;
  }

  /** All merges and their taking back, in order: few, whatever the number of records. @param within a transaction that adds some. */
  async merges(within?: EntityManager): Promise<readonly StoredEvent<MergeEvent>[]> {
    const found: StoredEvent<MergeEvent>[] = await (within ?? this.source).query(
      `select ${COLUMNS} from identity_event where kind in ('merged', 'unmerged') order by seq`,
    );
    return found.map(numbered);
  }

  /** How many events there are, up to this one, that change who somebody is. */
  async countMoves(position: number): Promise<number> {
    const [row]: { moves: string }[] = await this.source.query(
      'select count(*) as moves from identity_event where kind = any($1) and seq <= $2',
      [moveKinds, position],
    );
    return Number(row?.moves ?? 0);
  }

  /** Records that were linked to one of these persons after an event, in order. */
  async linkedTo(personIds: readonly string[], after: number): Promise<readonly string[]> {
    const rows: { recordId: string }[] = await this.source.query(
      `select distinct on (seq) record_id as "recordId" from identity_event
       where person_id = any($1) and seq > $2 and kind = 'linked' order by seq`,
      [[...personIds], after],
    );
    return [...new Set(rows.map(({ recordId }) => recordId))];
  }

  /** Records that were taken off a person, or retracted, and off whom. */
  takenOff(): Promise<readonly { readonly recordId: string; readonly personId: string }[]> {
    return this.source.query(
      `select distinct record_id as "recordId", person_id as "personId" from identity_event where kind in ('unlinked', 'record-retracted')`,
    );
  }
}

/** A bigint comes as text; so many events nobody has. */
const numbered = <E extends IdentityEvent>(event: StoredEvent<E>): StoredEvent<E> => ({
  ...event,
  seq: Number(event.seq),
});
