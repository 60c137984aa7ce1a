import { openHead, parseLeaf, voucherOf } from '@hie/ledger-entry';
import { FileKeyring } from '@hie/service-kit';
import { type TreeHead, TransparencyLogError, leafHash, sameBytes } from '@hie/transparency-log';
import { Injectable } from '@nestjs/common';

import { CheckpointStore } from '../ask-witnesses/checkpoint.store.js';
import { KeyDestruction } from '../erase-patient/key-destruction.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { type ShardState, shardOf, sizeOf } from '../read-log/log-view.js';
import { LedgerRowError, type SealedRow } from '../read-entries/sealed-entries.js';
import { EntryStore, type FoundRow, type StandingEntry } from './entry.store.js';
import type { KnownPlace } from './recent-places.js';
import { isGenuineRow, rowMac } from './row-mac.js';

const BATCH = 1_000;

/** Positions of rows that were looked at. */
export interface LookedAt {
  /** Those that are not as the ledger wrote them. */
  readonly changed: readonly number[];
  /** Those of entries that the service they name has not signed: whoever wrote them had the ledger's keys. */
  readonly forged: readonly number[];
  readonly next: number | undefined;
}

/** Where events stand that are in the log already, and rows that say so and lie. */
export interface StandingPlaces {
  /** By event id. */
  readonly places: ReadonlyMap<string, KnownPlace>;
  /** Positions of rows that the ledger has not written, or whose entry is another's in the log. */
  readonly forged: readonly number[];
}

/**
 * What is derived from the log, held against the log's own files and completed from them: after a crash, after a restored backup, after a
 * new migration.
 *
 * Patients who were erased since the backup was made are erased again.
 */
@Injectable()
export class StandingEntries {
  constructor(
    private readonly store: EntryStore,
    private readonly keys: LedgerKeys,
    private readonly destruction: KeyDestruction,
    private readonly checkpoints: CheckpointStore,
    private readonly keyring: FileKeyring,
  ) {}

  /** The newest head of each shard that the database has kept: a log that does not continue one of them was put back. */
  keptHeads(): Promise<ReadonlyMap<string, TreeHead>> {
    return this.checkpoints.heads();
  }

  /**
   * Whether the table tells of nothing that the log does not hold yet. New entries would take the places of what the log has lost, and their
   * rows would be dropped for those that are there.
   *
   * @throws TransparencyLogError `log-rolled-back`, with the position of the first such row; LedgerRowError where somebody else wrote it.
   */
  async assertNoneBeyond(shards: readonly ShardState[]): Promise<void> {
    const size = sizeOf(shards);
    const [row] = await this.store.from(size, 1);
    if (row === undefined) return;
    if (!this.isGenuine(row)) throw new LedgerRowError(row.index);
    throw new TransparencyLogError('log-rolled-back', { index: row.index, size });
  }

  /** How many of the first `below` entries have no row, and the position of the first such. */
  async missing(
    shards: readonly Omit<ShardState, 'name'>[],
    below: number,
  ): Promise<{ readonly missing: number; readonly first: number | undefined }> {
    let [missing, first]: [number, number | undefined] = [0, undefined];
    for (const { begin, head, isDropped } of shards) {
      const end = Math.min(begin + head.size, below);
      if (isDropped === true || end <= begin) continue;
      const lacking = end - begin - (await this.store.countWithin(begin, end));
      if (lacking === 0) continue;
      first ??= begin + (await this.store.heldOf(begin, end));
      missing += lacking;
    }
    return { missing, first };
  }

  /**
   * Looks at `count` rows from a position on.
   *
   * @returns where to go on; nowhere when there are no more.
   */
  async lookFrom(position: number, count: number): Promise<LookedAt> {
    const rows = await this.store.from(position, count);
    const changed = rows.filter((row) => !this.isGenuine(row));
    const isChanged = new Set(changed);
    const keys = this.keyring.sealKeys();
    const forged = rows.filter((row) => !isChanged.has(row) && voucherOf(row.head, keys) !== row.head.sealedBy);
    const last = rows.at(-1);
    return {
      changed: changed.map(({ index }) => index),
      forged: forged.map(({ index }) => index),
      next: rows.length < count || last === undefined ? undefined : last.index + 1,
    };
  }

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
          missing.push(this.rowOf(begin + index, entry));
        }
        await this.destruction.eraseAgain(missing);
        await this.store.insert(missing);
      }
    }
  }

  /**
   * The places of events that the log holds already. A row is believed that the ledger has written, and whose entry stands in the log where it
   * says: who writes into the table could otherwise keep an event out of the log, and have a receipt given for nothing.
   */
  async placesOf(eventIds: readonly string[], shards: readonly ShardState[]): Promise<StandingPlaces> {
    const places = new Map<string, KnownPlace>();
    const forged: number[] = [];
    for (const row of await this.store.rowsOf(eventIds)) {
      if (await this.stands(row, shards)) places.set(row.head.eventId, { index: row.index, leafHash: row.leafHash });
      else forged.push(row.index);
    }
    return { places, forged };
  }

  /** These rows; in the place of one that somebody else has written, what the log says there. */
  async asWritten(rows: readonly SealedRow[], shards: readonly ShardState[]): Promise<readonly SealedRow[]> {
    return Promise.all(
      rows.map(async (row) => {
        if (isGenuineRow(row, this.keys.rows)) return row;
        const { begin, head, proofs } = shardOf(shards, Number(row.index));
        const index = Number(row.index);
        const { details, ...written } = this.rowOf(index, await proofs.entry(index - begin, head));
        return { ...written, details: Buffer.from(details, 'base64url') };
      }),
    );
  }

  private rowOf(index: number, entry: Uint8Array): StandingEntry {
    const leaf = parseLeaf(entry);
    const row = { index, leafHash: leafHash(entry), head: openHead(leaf, this.keys.entries) };
    return { ...row, details: leaf.details, mac: rowMac(row, this.keys.rows) };
  }

  /** Its time is a column of its own, beside what the HMAC is over. */
  private isGenuine(row: FoundRow): boolean {
    return isGenuineRow(row, this.keys.rows) && row.at.getTime() === Date.parse(row.head.at);
  }

  private async stands(row: FoundRow, shards: readonly ShardState[]): Promise<boolean> {
    if (!this.isGenuine(row) || row.index >= sizeOf(shards)) return false;
    const { begin, head, proofs, isDropped } = shardOf(shards, row.index);
    // Its entries are gone, and its rows are about to go.
    if (isDropped === true) return true;
    try {
      return sameBytes(leafHash(await proofs.entry(row.index - begin, head)), row.leafHash);
    } catch (error) {
      // What can't be proven to be in the log is told once more: twice is found out, never is not.
      if (error instanceof TransparencyLogError) return false;
      throw error;
    }
  }
}
