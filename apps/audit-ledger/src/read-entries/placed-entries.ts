import type { EntryHead } from '@hie/ledger-entry';
import type { PlacedEntry } from '@hie/ledger-report';
import { Injectable } from '@nestjs/common';

import { LogView, placeOf } from '../read-log/log-view.js';
import { LedgerRowError, SealedEntries } from './sealed-entries.js';

/** A row of the projection, as `ENTRY_COLUMNS` give it. */
export interface EntryRow {
  readonly index: string;
  readonly leaf_hash: Buffer;
  readonly at: Date;
  readonly head: EntryHead;
  readonly details: Buffer;
  readonly mac: Buffer;
}

/** An entry with its place, and its position among the entries of all shards. */
export interface PositionedEntry extends PlacedEntry {
  readonly position: number;
}

/** The columns of `EntryRow`. */
export const ENTRY_COLUMNS = 'index, leaf_hash, at, head, details, mac';

/** Opens rows and says where in the log they stand. */
@Injectable()
export class PlacedEntries {
  constructor(
    private readonly sealed: SealedEntries,
    private readonly view: LogView,
  ) {}

  /**
   * In the order given; without details where the patient's key was destroyed.
   *
   * @throws LedgerRowError for the first row that is not as the ledger wrote it, its time among the rest.
   */
  async open(rows: readonly EntryRow[]): Promise<readonly PositionedEntry[]> {
    if (rows.length === 0) return [];
    for (const { index, at, head } of rows) {
      if (at.getTime() !== Date.parse(head.at)) throw new LedgerRowError(Number(index));
    }
    const { shards } = await this.view.current();
    const opened = await this.sealed.open(rows.map(({ leaf_hash: leafHash, ...row }) => ({ ...row, leafHash })));
    return opened.flatMap((entry, at) => {
      const row = rows[at];
      if (row === undefined) return [];
      const position = Number(row.index);
      return [{ entry, position, place: { ...placeOf(shards, position), leafHash: row.leaf_hash } }];
    });
  }
}
