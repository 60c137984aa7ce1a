import { FieldCipher, MemberKeys } from '@hie/persistence';
import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource, type EntityManager, In, MoreThan, Not } from 'typeorm';

import { asFed } from './former-values.js';
import { SourceRecordEntity } from './source-record.entity.js';
import type { StoredRecord } from './stored-record.js';

const CONTENT = 'source_record.content';
const QUARANTINED = 'review.content';

/** A record as it lies in PostgreSQL, opened. */
export interface OpenedRecord {
  readonly entity: SourceRecordEntity;
  readonly content: StoredRecord;
}

/** What says whether the index knows a record as it is. */
export type RecordState = Pick<SourceRecordEntity, 'recordId' | 'personId' | 'version'>;

/** The nil UUID (RFC 9562, section 5.9), which no record has. */
const LEAST_ID = '00000000-0000-0000-0000-000000000000';
/** `$1`: members whose records nobody opens any more. */
const selectStates = `select record_id as "recordId", person_id as "personId", version from source_record
  where member_id <> all($1::text[])`;

/** Members' records of patients, encrypted on the way in and opened on the way out. */
@Injectable()
export class SourceRecordRepository {
  constructor(
    private readonly source: DataSource,
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly cipher: FieldCipher,
    private readonly keys: MemberKeys,
  ) {}

  /** A member's records under some of its identifiers; a member that never fed any has none. */
  async findByIdentifiers(
    memberId: string,
    identifiers: readonly StoredRecord['identifier'][],
    manager: EntityManager = this.source.manager,
  ): Promise<OpenedRecord[]> {
    if (identifiers.length === 0 || this.keys.find(memberId) === undefined) return [];
    const hashes = identifiers.map((identifier) => this.hashOf(memberId, identifier));
    const found = await manager.findBy(SourceRecordEntity, { memberId, identifierHash: In(hashes) });
    return found.map((entity) => this.opened(entity));
  }

  /** As `findByIdentifiers`, for whoever wants to know only whose they are: nothing is opened. */
  async ownersByIdentifiers(
    memberId: string,
    identifiers: readonly StoredRecord['identifier'][],
  ): Promise<readonly Pick<SourceRecordEntity, 'recordId' | 'personId'>[]> {
    if (identifiers.length === 0 || this.keys.find(memberId) === undefined) return [];
    const hashes = identifiers.map((identifier) => this.hashOf(memberId, identifier));
    const { rows } = await this.pool.query<Pick<SourceRecordEntity, 'recordId' | 'personId'>>({
      name: 'owners-by-identifiers',
      text: `select record_id as "recordId", person_id as "personId" from source_record
             where member_id = $1 and identifier_hash = any($2::bytea[])`,
      values: [memberId, hashes],
    });
    return rows;
  }

  async findByIds(recordIds: readonly string[]): Promise<OpenedRecord[]> {
    const memberId = Not(In([...this.keys.destroyed()]));
    const found = await this.source.manager.findBy(SourceRecordEntity, { recordId: In([...recordIds]), memberId });
    return found.map((entity) => this.opened(entity));
  }

  /** Every record, in pages, for the index to be built from. */
  async *all(): AsyncGenerator<OpenedRecord> {
    const page = 1_000;
    for (let after = LEAST_ID; ;) {
      const entities = await this.source.manager
        .createQueryBuilder(SourceRecordEntity, 'record')
        .where({ recordId: MoreThan(after), memberId: Not(In([...this.keys.destroyed()])) })
        .orderBy('record.record_id')
        .limit(page)
        .getMany();
      for (const entity of entities) yield this.opened(entity);
      const last = entities.at(-1);
      if (last === undefined || entities.length < page) return;
      after = last.recordId;
    }
  }

  /** Which version of each of these records holds, and whose it is; nothing is opened. */
  states(recordIds: readonly string[]): Promise<readonly RecordState[]> {
    return this.source.query(`${selectStates} and record_id = any($2::uuid[])`, [
      this.keys.destroyed(),
      [...recordIds],
    ]);
  }

  /** The same of every record, in pages. */
  async *allStates(): AsyncGenerator<readonly RecordState[]> {
    const page = 10_000;
    for (let after: string | undefined = LEAST_ID; after !== undefined;) {
      const states: readonly RecordState[] = await this.source.query(
        `${selectStates} and record_id > $2 order by record_id limit ${page}`,
        [this.keys.destroyed(), after],
      );
      yield states;
      after = states.length < page ? undefined : states.at(-1)?.recordId;
    }
  }

  /** Whether what a member fed can be read: not once it was forgotten. */
  opens(memberId: string): boolean {
    return this.keys.find(memberId) !== undefined;
  }

  async idsOf(memberId: string): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ readonly id: string }>(
      'select record_id as id from source_record where member_id = $1',
      [memberId],
    );
    return rows.map(({ id }) => id);
  }

  /** Makes the key that a member's records are encrypted under, unless it has one. */
  async ensureKey(memberId: string): Promise<void> {
    await this.keys.ensure(memberId);
  }

  /** The row for a record; its member must have a key (`ensureKey`). */
  seal(row: Omit<SourceRecordEntity, 'identifierHash' | 'content'>, content: StoredRecord): SourceRecordEntity {
    return {
      ...row,
      identifierHash: this.hashOf(row.memberId, content.identifier),
      content: this.cipher.seal(row.memberId, CONTENT, JSON.stringify(content)),
    };
  }

  /** A content that waits for a person's word, as `review.content` holds it. */
  sealQuarantined(memberId: string, content: StoredRecord): Buffer {
    return this.cipher.seal(memberId, QUARANTINED, JSON.stringify(content));
  }

  openQuarantined(memberId: string, sealed: Buffer): StoredRecord {
    return JSON.parse(this.cipher.open(memberId, QUARANTINED, sealed)) as StoredRecord;
  }

  private opened(entity: SourceRecordEntity): OpenedRecord {
    const text = this.cipher.open(entity.memberId, CONTENT, entity.content);
    return { entity, content: JSON.parse(text) as StoredRecord };
  }

  /** Keyed hash of a whole content as it was fed, to know the same again; its member must have a key. */
  contentHash(memberId: string, content: StoredRecord): Buffer {
    return this.cipher.blindIndex(memberId, `content ${JSON.stringify(asFed(content))}`);
  }

  /** Keyed hash of a local identifier; its member must have a key. */
  hashOf(memberId: string, { system, value }: StoredRecord['identifier']): Buffer {
    return this.cipher.blindIndex(memberId, `${system}|${value.trim()}`);
  }
}
