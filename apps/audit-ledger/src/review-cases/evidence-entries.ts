import { oneEntryKeys } from '@hie/ledger-entry';
import { type Evidence, evidenceEntry } from '@hie/ledger-report';
import { Injectable } from '@nestjs/common';

import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';
import type { PositionedEntry } from '../read-entries/placed-entries.js';
import { LogView, headOf, shardOf, sizeOf } from '../read-log/log-view.js';
import { EntryPageStore } from '../search-audit-events/entry-page.store.js';

const MOST_ENTRIES = 200;

/** Makes evidence of what stands in the log: leaf, proof, what opens the leaf, and what it says. */
@Injectable()
export class EvidenceEntries {
  constructor(
    private readonly pages: EntryPageStore,
    private readonly view: LogView,
    private readonly ledgerKeys: LedgerKeys,
    private readonly patientKeys: PatientKeys,
  ) {}

  /** The newest 200 entries of a transaction, oldest first; each can be checked by whoever has the log's key. */
  async ofTransaction(txn: string): Promise<Evidence> {
    const { shards } = await this.view.current();
    const criteria = [{ kind: 'equals', anyOf: [{ column: 'txn', value: txn }] }] as const;
    const { entries, hasMore } = await this.pages.page(criteria, sizeOf(shards), MOST_ENTRIES);
    const keyIds = entries.flatMap(({ entry }) => entry.patient ?? []);
    const patients = await this.patientKeys.open(keyIds);
    const newest = headOf(shards);
    const found = entries.toReversed().map(async ({ position, place, entry }: PositionedEntry) => {
      const { head, proofs } = shardOf(shards, position);
      const leaf = await proofs.entry(place.index, head);
      const patient = entry.patient === undefined ? undefined : patients.get(entry.patient);
      const isDestroyed = entry.patient !== undefined && patient === undefined;
      return evidenceEntry({
        ...{ place, entry, leaf, proof: await proofs.inclusion(place.index, head) },
        keys: oneEntryKeys(entry.eventId, { ledger: this.ledgerKeys.entries, patient }, isDestroyed),
        ...(head === newest ? {} : { checkpoint: head.raw }),
      });
    });
    return { txn, checkpoint: newest.raw, isComplete: !hasMore, entries: await Promise.all(found) };
  }
}
