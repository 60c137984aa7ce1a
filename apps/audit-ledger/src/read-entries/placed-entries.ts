import type { EntryHead } from '@hie/ledger-entry';
import type { EntryPlace, RecordedEntry } from '@hie/ledger-report';
import { Injectable } from '@nestjs/common';

import { SealedEntries } from './sealed-entries.js';

/** A row of the projection, as `select index, leaf_hash, head, details` gives it. */
export interface EntryRow {
  readonly index: string;
  readonly leaf_hash: Buffer;
  readonly head: EntryHead;
  readonly details: Buffer;
}

/** An opened entry with its place in the log. */
export interface PlacedEntry {
  readonly place: EntryPlace;
  readonly entry: RecordedEntry;
}

/** Opens rows and says where in the log they stand. */
@Injectable()
export class PlacedEntries {
  constructor(private readonly sealed: SealedEntries) {}

  /** In the order given; without details where the patient's key was destroyed. */
  async open(rows: readonly EntryRow[]): Promise<readonly PlacedEntry[]> {
    const opened = await this.sealed.open(rows);
    return opened.flatMap((entry, at) => {
      const row = rows[at];
      return row === undefined ? [] : [{ entry, place: { index: Number(row.index), leafHash: row.leaf_hash } }];
    });
  }
}
