import { MemberKeys } from '@hie/persistence';
import { PinoLogger } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { IdentityIndex } from './identity-index.js';
import { IdentitySnapshots } from './identity-snapshots.js';
import { traitsOf } from './record-traits.js';
import { type OpenedRecord, SourceRecordRepository } from './source-record.repository.js';
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
    const read = await (restored === 0 ? this.readAll() : this.reconcile());
    this.snapshots.settle(read);
    this.logger.info({ restored, read }, 'identity index built');
  }

  private async readAll(): Promise<number> {
    for await (const record of this.records.all()) this.enter(record);
    return this.index.size;
  }

  /**
   * Brings the index to what the database says, record by record: all records, or those named.
   *
   * @returns how many it did not know, or knew otherwise
   */
  async reconcile(recordIds?: readonly string[]): Promise<number> {
    const stored = await this.records.states(recordIds);
    const isStored = new Set(stored.map(({ recordId }) => recordId));
    const known = recordIds?.filter((recordId) => this.index.stateOf(recordId) !== undefined) ?? this.index.recordIds();
    const gone = known.filter((recordId) => !isStored.has(recordId));
    const stale = stored.filter(({ recordId, personId, version }) => {
      const known = this.index.stateOf(recordId);
      return known?.version !== version || known.personId !== personId;
    });
    gone.forEach((recordId) => this.index.remove(recordId));
    for (let at = 0; at < stale.length; at += PAGE) {
      const page = stale.slice(at, at + PAGE).map(({ recordId }) => recordId);
      for (const record of await this.records.findByIds(page)) this.enter(record);
    }
    return gone.length + stale.length;
  }

  private enter({ entity, content }: OpenedRecord): void {
    const { recordId, personId, version } = entity;
    this.index.put(recordId, personId, storedMatchRecord(content), { version, traits: traitsOf(content) });
  }
}
