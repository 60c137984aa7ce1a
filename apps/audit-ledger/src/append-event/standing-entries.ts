import { openHead, parseLeaf } from '@hie/ledger-entry';
import { leafHash } from '@hie/transparency-log';
import { Injectable } from '@nestjs/common';

import { PatientEraser } from '../erase-patient/patient-eraser.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import type { ShardState } from '../read-log/log-view.js';
import { EntryStore, type StandingEntry } from './entry.store.js';
import { rowMac } from './row-mac.js';

const BATCH = 1_000;

/**
 * Completes what is derived from the log, from the log's own files: after a crash, after a restored backup, after a new migration.
 *
 * Patients who were erased since the backup was made are erased again.
 */
@Injectable()
export class StandingEntries {
  constructor(
    private readonly store: EntryStore,
    private readonly keys: LedgerKeys,
    private readonly eraser: PatientEraser,
  ) {}

  /**
   * @param shards all of them, oldest first: a row's place is the position over all. Of one that was dropped nothing is put back.
   * @throws LedgerEntryError when the log holds what this version can't read, or was sealed under another master key.
   */
  async complete(shards: readonly Omit<ShardState, 'name'>[]): Promise<void> {
    for (const { begin, head, proofs, isDropped } of shards) {
      if (isDropped === true) continue;
      for (let from = await this.store.heldOf(begin, begin + head.size); from < head.size; from += BATCH) {
        const missing: StandingEntry[] = [];
        for await (const { index, entry } of proofs.entries(from, Math.min(head.size, from + BATCH), head)) {
          const leaf = parseLeaf(entry);
          const row = { index: begin + index, leafHash: leafHash(entry), head: openHead(leaf, this.keys.entries) };
          missing.push({ ...row, details: leaf.details, mac: rowMac(row, this.keys.rows) });
        }
        await this.eraser.eraseAgain(missing);
        await this.store.insert(missing);
      }
    }
  }
}
