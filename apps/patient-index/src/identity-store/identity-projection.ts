import { MemberKeys } from '@hie/persistence';
import { PG_POOL, ReadinessRegistry } from '@hie/service-kit';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { DataSource, IsNull, Not } from 'typeorm';

import { IdentityIndex } from './identity-index.js';
import { PersonEntity } from './person.entity.js';
import { SourceRecordRepository } from './source-record.repository.js';
import { storedMatchRecord } from './stored-record.js';

/** Any number that no other lock of this schema has. */
const WRITER_LOCK = 7_241_001;

/**
 * Builds the in-memory index from PostgreSQL at start, and makes sure that this instance is the only one that writes: two would
 * each link what the other does not know of. A second instance waits, not ready, until the first is gone.
 */
@Injectable()
export class IdentityProjection implements OnModuleInit, OnApplicationShutdown {
  private lockHolder: PoolClient | undefined;
  private isBuilt = false;

  constructor(
    private readonly index: IdentityIndex,
    private readonly records: SourceRecordRepository,
    private readonly keys: MemberKeys,
    private readonly source: DataSource,
    @Inject(PG_POOL) private readonly pool: Pool,
    readiness: ReadinessRegistry,
  ) {
    readiness.add('identity index', () => this.isBuilt);
  }

  async onModuleInit(): Promise<void> {
    await this.becomeWriter();
    await this.keys.load();
    for await (const { entity, content } of this.records.all()) {
      this.index.insert(entity.recordId, entity.personId, storedMatchRecord(content));
    }
    for (const { personId, survivorId } of await this.merged()) this.index.redirect(personId, survivorId);
    this.isBuilt = true;
  }

  onApplicationShutdown(): void {
    this.lockHolder?.release(true);
  }

  private async becomeWriter(): Promise<void> {
    const holder = await this.pool.connect();
    this.lockHolder = holder;
    // Losing the connection loses the lock: another may be writer by now, so this process must not go on.
    holder.on('error', () => process.kill(process.pid, 'SIGTERM'));
    await holder.query('select pg_advisory_lock($1)', [WRITER_LOCK]);
  }

  private async merged(): Promise<{ personId: string; survivorId: string }[]> {
    const people = await this.source.manager.findBy(PersonEntity, { survivorId: Not(IsNull()) });
    return people.flatMap(({ personId, survivorId }) => (survivorId === null ? [] : [{ personId, survivorId }]));
  }
}
