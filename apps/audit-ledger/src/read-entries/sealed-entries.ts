import { type EntryHead, type LedgerEntry, openDetails } from '@hie/ledger-entry';
import { Injectable } from '@nestjs/common';

import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';

/** What a row of the projection holds of an entry. */
export interface SealedRow {
  readonly head: EntryHead;
  readonly details: Buffer;
}

/** Opens rows of the projection for whoever may read them. */
@Injectable()
export class SealedEntries {
  constructor(
    private readonly keys: LedgerKeys,
    private readonly patientKeys: PatientKeys,
  ) {}

  /** In the order given; without details where the patient's key was destroyed. */
  async open(rows: readonly SealedRow[]): Promise<readonly LedgerEntry[]> {
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
