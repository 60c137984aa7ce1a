import type { EntryHead } from '@hie/ledger-entry';
import type { PlacedEntry } from '@hie/ledger-report';
import { Injectable } from '@nestjs/common';

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

/** The columns of `EntryRow`. */
export const ENTRY_COLUMNS = 'index, leaf_hash, at, head, details, mac';

/** Opens rows and says where in the log they stand. */
@Injectable()
export class PlacedEntries {
  constructor(private readonly sealed: SealedEntries) {}

  /**
   * In the order given; without details where the patient's key was destroyed.
   *
   * @throws LedgerRowError for the first row that is not as the ledger wrote it, its time among the rest.
   */
  async open(rows: readonly EntryRow[]): Promise<readonly PlacedEntry[]> {
    for (const { index, at, head } of rows) {
      if (at.getTime() !== Date.parse(head.at)) throw new LedgerRowError(Number(index));
    }
    const opened = await this.sealed.open(rows.map(({ leaf_hash: leafHash, ...row }) => ({ ...row, leafHash })));
    return opened.flatMap((entry, at) => {
      const row = rows[at];
      return row === undefined ? [] : [{ entry, place: { index: Number(row.index), leafHash: row.leaf_hash } }];
    });
  }
}
