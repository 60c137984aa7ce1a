import { type EntryHead, type LedgerEntry, openDetails } from '@hie/ledger-entry';
import { Injectable } from '@nestjs/common';

import { isGenuineRow } from '../append-event/row-mac.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';

/** What a row of the projection holds of an entry. */
export interface SealedRow {
  readonly index: number | string;
  readonly leafHash: Uint8Array;
  readonly mac: Uint8Array;
  readonly head: EntryHead;
  readonly details: Buffer;
}

/** A row of the projection is not as the ledger wrote it: the log says what happened, this table is lying. */
export class LedgerRowError extends Error {
  override readonly name = 'LedgerRowError';
  readonly code = 'ledger-row-changed';
  readonly retry = 'never';
  constructor(readonly index: number) {
    super(`ledger-row-changed: ${index}`);
  }
}

/** Opens rows of the projection for whoever may read them. */
@Injectable()
export class SealedEntries {
  constructor(
    private readonly keys: LedgerKeys,
    private readonly patientKeys: PatientKeys,
  ) {}

  /**
   * In the order given; without details where the patient's key was destroyed.
   *
   * @throws LedgerRowError for the first row that somebody else has written or changed.
   */
  async open(rows: readonly SealedRow[]): Promise<readonly LedgerEntry[]> {
    for (const row of rows) if (!isGenuineRow(row, this.keys.rows)) throw new LedgerRowError(Number(row.index));
    const keyIds = rows.map(({ head }) => head.patient).filter((id) => id !== undefined);
    const patients = await this.patientKeys.open(keyIds);
    return rows.map(({ head, details: sealed }) => {
      const patient = head.patient === undefined ? undefined : patients.get(head.patient);
      if (head.patient !== undefined && patient === undefined) return head;
      const leaf = { eventId: head.eventId, details: sealed.toString('base64url') };
      return { ...head, details: openDetails(leaf, { ledger: this.keys.entries, patient }) };
    });
  }
}
