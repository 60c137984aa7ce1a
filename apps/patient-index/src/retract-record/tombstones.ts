import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';

import type { SourceRecordEntity } from '../identity-store/source-record.entity.js';
import { SourceRecordRepository } from '../identity-store/source-record.repository.js';
import type { StoredRecord } from '../identity-store/stored-record.js';
import { RetractedRecordEntity, type Tombstone } from './retracted-record.entity.js';

/** The tombstones of retracted records in PostgreSQL. */
@Injectable()
export class Tombstones {
  constructor(
    private readonly source: DataSource,
    private readonly records: SourceRecordRepository,
  ) {}

  /** Those of a member under some of its identifiers, by `keyOf` their contents. */
  async find(memberId: string, contents: readonly StoredRecord[]): Promise<ReadonlyMap<string, Tombstone>> {
    if (contents.length === 0) return new Map();
    const hashes = contents.map(({ identifier }) => this.records.hashOf(memberId, identifier));
    const found = await this.source.manager.findBy(RetractedRecordEntity, { memberId, identifierHash: In(hashes) });
    return new Map(found.map(({ retractedAt: _at, ...row }) => [row.identifierHash.toString('hex'), row]));
  }

  keyOf(memberId: string, { identifier }: StoredRecord): string {
    return this.records.hashOf(memberId, identifier).toString('hex');
  }

  of({ recordId, memberId, identifierHash, personId, version }: SourceRecordEntity, content: StoredRecord): Tombstone {
    const contentHash = this.records.contentHash(memberId, content);
    return { recordId, memberId, identifierHash, personId, version, contentHash };
  }
}
