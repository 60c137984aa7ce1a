import { openDetails } from '@hie/ledger-entry';
import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import type { StandingEntry } from '../append-event/entry.store.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';

/** The action of an entry that says so. */
export const ERASED = 'patient.erased';

/** Takes a key out of its row, and says which those were. */
export const DESTROY = `update patient_key set person = null, wrapped = null, erased_at = coalesce(erased_at, now())
  where key_id = any($1::uuid[]) and wrapped is not null returning key_id`;

/** Destroys patients' keys so that nothing of them is left in memory or in the table's file. */
@Injectable()
export class KeyDestruction {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly ledgerKeys: LedgerKeys,
    private readonly patientKeys: PatientKeys,
  ) {}

  /** Destroys again the keys that entries of the log say were destroyed: a restored backup brings them back. */
  async eraseAgain(entries: readonly StandingEntry[]): Promise<void> {
    const erased = entries.filter(({ head }) => head.action === ERASED && head.service === 'audit-ledger');
    const ledger = this.ledgerKeys.entries;
    await this.destroyAgain(
      erased.map(({ head: { eventId }, details }) => openDetails({ eventId, details }, { ledger })['key'] as string),
    );
  }

  /** @returns those that were there again. */
  async destroyAgain(keyIds: readonly string[]): Promise<readonly string[]> {
    if (keyIds.length === 0) return [];
    const { rows } = await this.pool.query<{ key_id: string }>(DESTROY, [keyIds]);
    const back = rows.map(({ key_id: keyId }) => keyId);
    if (back.length > 0) await this.finish(back);
    return back;
  }

  /** After the commit in which they were destroyed. */
  async finish(keyIds: readonly string[]): Promise<void> {
    for (const keyId of keyIds) await this.patientKeys.forget(keyId);
    // PostgreSQL leaves a changed row's old version in its file until it is vacuumed.
    await this.pool.query('vacuum patient_key');
  }
}
