import { MemberKeys } from '@hie/persistence';
import { PinoLogger } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { IdentityIndex } from './identity-index.js';
import { IdentitySnapshots } from './identity-snapshots.js';
import { traitsOf } from './record-traits.js';
import { type OpenedRecord, type RecordState, SourceRecordRepository } from './source-record.repository.js';
import { storedMatchRecord } from './stored-record.js';

const PAGE = 1_000;

/** Builds the in-memory index: from its snapshot, as far as PostgreSQL says the same, and for the rest from PostgreSQL. */
@Injectable()
export class IdentityBuilder {
  constructor(
    private readonly index: IdentityIndex,
    private readonly snapshots: IdentitySnapshots,
    private readonly records: SourceRecordRepository,
    private readonly keys: MemberKeys,
    private readonly logger: PinoLogger,
  ) {}

  /** Nothing else may write meanwhile. @throws whatever the database throws, and FieldCipherError for a record that does not open */
  async build(): Promise<void> {
    await this.keys.load();
    const restored = await this.snapshots.restore();
    const read = await (restored === 0 ? this.readAll() : this.reconcileAll());
    this.snapshots.settle(read);
    this.logger.info({ restored, read }, 'identity index built');
  }

  private async readAll(): Promise<number> {
    for await (const record of this.records.all()) this.enter(record);
    return this.index.size;
  }

  /**
   * Brings these records to what the database says of them.
   *
   * @returns how many the index did not know, or knew otherwise
   */
  async reconcile(recordIds: readonly string[]): Promise<number> {
    const stored = await this.records.states(recordIds);
    const isStored = new Set(stored.map(({ recordId }) => recordId));
    const gone = recordIds.filter((recordId) => !isStored.has(recordId) && this.index.stateOf(recordId) !== undefined);
    gone.forEach((recordId) => this.index.remove(recordId));
    return gone.length + (await this.refresh(stored));
  }

  /** Takes out the records of a member that was forgotten. @returns how many */
  async forget(memberId: string): Promise<number> {
    const known = (await this.records.idsOf(memberId)).filter((id) => this.index.stateOf(id) !== undefined);
    known.forEach((recordId) => this.index.remove(recordId));
    this.snapshots.settle(known.length);
    return known.length;
  }

  private async reconcileAll(): Promise<number> {
    let stored = 0;
    let changed = 0;
    for await (const states of this.records.allStates()) {
      stored += states.length;
      changed += await this.refresh(states);
    }
    // It holds all that is stored now. What it holds beyond that is gone from the database, which is rare: then each is asked for.
    if (this.index.size === stored) return changed;
    const known = [...this.index.recordIds()];
    for (let at = 0; at < known.length; at += PAGE) changed += await this.reconcile(known.slice(at, at + PAGE));
    return changed;
  }

  /** Opens those of the records that the index holds otherwise, or not at all. @returns how many */
  private async refresh(stored: readonly RecordState[]): Promise<number> {
    const stale = stored.filter(({ recordId, personId, version }) => {
      const known = this.index.stateOf(recordId);
      return known?.version !== version || known.personId !== personId;
    });
    for (let at = 0; at < stale.length; at += PAGE) {
      const page = stale.slice(at, at + PAGE).map(({ recordId }) => recordId);
      for (const record of await this.records.findByIds(page)) this.enter(record);
    }
    return stale.length;
  }

  private enter({ entity, content }: OpenedRecord): void {
    const { recordId, personId, version } = entity;
    this.index.put(recordId, personId, storedMatchRecord(content), { version, traits: traitsOf(content) });
  }
}
