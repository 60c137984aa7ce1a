import { PG_POOL, ReadinessRegistry } from '@hie/service-kit';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';

import { IdentityBuilder } from './identity-builder.js';
import { StandingDecisions } from './standing-decisions.js';

/** Any number that no other lock of this schema has. */
const WRITER_LOCK = 7_241_001;

/**
 * Has the in-memory index built at start, and makes sure that this instance is the only one that writes: two would each link what
 * the other does not know of. A second instance waits, not ready, until the first is gone.
 */
@Injectable()
export class IdentityProjection implements OnModuleInit, OnApplicationShutdown {
  private lockHolder: PoolClient | undefined;
  private isBuilt = false;

  constructor(
    private readonly builder: IdentityBuilder,
    private readonly decisions: StandingDecisions,
    @Inject(PG_POOL) private readonly pool: Pool,
    readiness: ReadinessRegistry,
  ) {
    readiness.add('identity index', () => this.isBuilt);
  }

  async onModuleInit(): Promise<void> {
    await this.becomeWriter();
    await this.builder.build();
    await this.decisions.load();
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
}
