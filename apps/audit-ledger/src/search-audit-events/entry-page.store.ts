import { textDetail } from '@hie/ledger-report';
import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import { ENTRY_COLUMNS, type EntryRow, PlacedEntries, type PositionedEntry } from '../read-entries/placed-entries.js';
import type { PositionRange } from '../read-log/log-view.js';
import { type EntryCriteria, entryStatement } from './entry-criteria.js';

/** Entries of one page, newest first. */
export interface EntryPage {
  readonly entries: readonly PositionedEntry[];
  /** Whether older ones satisfy the criteria too. */
  readonly hasMore: boolean;
}

/** Rows that are fetched at once where they must be opened to be judged. */
const OPENED_AT_ONCE = 250;
/** How far below its head the projection is looked through for rows that another commit has not brought yet. */
const LOOK_BACK = 1_024;

/** Reads pages of the projection. */
@Injectable()
export class EntryPageStore {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly placed: PlacedEntries,
  ) {}

  /** The index up to which (and without which) the projection holds every entry: rows of two commits may come in another order. @param dropped where it holds none any more. */
  async extent(dropped: readonly PositionRange[] = []): Promise<number> {
    const { rows } = await this.pool.query<{ size: string }>({
      name: 'projection-extent',
      text: `
        with tail as (select index from entry order by index desc limit ${LOOK_BACK}),
          following as (select index + 1 as size, lead(index) over (order by index) as next from tail)
        select coalesce(min(size), 0) as size from following where next is null or (next <> size
          and not exists (select from unnest($1::bigint[], $2::bigint[]) as gone (b, e) where b = size and e = next))`,
      values: [dropped.map(({ begin }) => begin), dropped.map(({ end }) => end)],
    });
    return Number(rows[0]?.size);
  }

  /** @param beforeIndex entries have smaller indexes. */
  async page(criteria: EntryCriteria, beforeIndex: number, count: number): Promise<EntryPage> {
    const consents = criteria.flatMap((criterion) => (criterion.kind === 'consent' ? [criterion.anyOf] : []));
    const isWanted = ({ entry }: PositionedEntry): boolean =>
      consents.every((anyOf) => anyOf.includes(textDetail(entry, 'consentVersion') ?? ''));
    const found: PositionedEntry[] = [];
    const limit = consents.length === 0 ? count + 1 : OPENED_AT_ONCE;
    for (let before = beforeIndex; ;) {
      const { text, values } = entryStatement(ENTRY_COLUMNS, criteria, before, limit);
      const { rows } = await this.pool.query<EntryRow>(text, values);
      found.push(...(await this.placed.open(rows)).filter(isWanted));
      if (found.length > count || rows.length < limit) break;
      before = Number(rows.at(-1)?.index);
    }
    return { entries: found.slice(0, count), hasMore: found.length > count };
  }
}
