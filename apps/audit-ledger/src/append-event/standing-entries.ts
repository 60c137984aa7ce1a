import { openHead, parseLeaf } from '@hie/ledger-entry';
import { type TransparencyLog, leafHash } from '@hie/transparency-log';
import { Injectable } from '@nestjs/common';

import { PatientEraser } from '../erase-patient/patient-eraser.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
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

  /** @throws LedgerEntryError when the log holds what this version can't read, or was sealed under another master key. */
  async complete({ head, proofs }: Pick<TransparencyLog, 'head' | 'proofs'>): Promise<void> {
    for (let begin = await this.store.size(); begin < head.size; begin += BATCH) {
      const end = Math.min(head.size, begin + BATCH);
      const missing: StandingEntry[] = [];
      for await (const { index, entry } of proofs.entries(begin, end, head)) {
        const leaf = parseLeaf(entry);
        const row = { index, leafHash: leafHash(entry), head: openHead(leaf, this.keys.entries) };
        missing.push({ ...row, details: leaf.details, mac: rowMac(row, this.keys.rows) });
      }
      await this.eraser.eraseAgain(missing);
      await this.store.insert(missing);
    }
  }
}
