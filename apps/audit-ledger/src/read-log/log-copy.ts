import { PinoLogger, SERVICE_CONFIG } from '@hie/service-kit';
import { httpReader } from '@hie/tile-storage';
import { type LogStorage, compareShards, mirrorLog, mirrorRemains, trustOfShard } from '@hie/transparency-log';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { directoryShards } from '../keep-shards/directory-shards.js';
import { replicaTrust } from './replica-trust.js';
import { SHARDS_PATH, type ShardList, shardListSchema } from './shard-list.js';

/**
 * Keeps a replica's folder up to date from the public log (`LEDGER_SOURCE_URL`), for replicas that do not see the sequencer's own.
 *
 * Every entry is recomputed on the way. A source that is away is tried again; one that lies leaves the copy as it is, which goes on
 * being served and says how old it is.
 */
@Injectable()
export class LogCopy implements OnModuleInit, OnApplicationShutdown {
  private isEnded = false;
  /** Of the shards that are not copied to their end. */
  private readonly storages = new Map<string, LogStorage>();
  private readonly finished = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  /** The last failure that was told: a source that stays away is told once. */
  private told: string | undefined;

  constructor(
    private readonly logger: PinoLogger,
    @Inject(SERVICE_CONFIG) private readonly config: AuditLedgerConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.config.LEDGER_SOURCE_URL === undefined) return;
    await (this.running = this.copy(this.config.LEDGER_SOURCE_URL));
  }

  async onApplicationShutdown(): Promise<void> {
    this.isEnded = true;
    clearTimeout(this.timer);
    await this.running;
    await Promise.all([...this.storages.values()].map((storage) => storage.close()));
  }

  private async copy(url: string): Promise<void> {
    try {
      const base = url.endsWith('/') ? url : `${url}/`;
      const listed = (await httpReader(base, { attempts: 1 }).read(SHARDS_PATH)) ?? '{}';
      const { shards } = shardListSchema.parse(JSON.parse(Buffer.from(listed).toString()));
      for (const { name, isClosed, isDropped } of shards.toSorted((a, b) => compareShards(a.name, b.name))) {
        if (!this.finished.has(name)) await this.copyShard(base, name, { isClosed, isDropped });
      }
      if (this.told !== undefined) this.logger.warn('log copied again');
      this.told = undefined;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'source-malformed';
      if (this.told !== code) this.logger.error({ err: error }, 'log not copied');
      this.told = code;
    }
    if (this.isEnded) return;
    this.timer = setTimeout(() => void (this.running = this.copy(url)), this.config.LEDGER_COPY_INTERVAL_MS);
  }

  /** Of a shard that the source says takes no more the storage is not kept open; of one that it says was dropped there is little to copy. */
  private async copyShard(
    base: string,
    name: string,
    { isClosed, isDropped }: Pick<ShardList['shards'][number], 'isClosed' | 'isDropped'>,
  ): Promise<void> {
    const storage = this.storages.get(name) ?? (await directoryShards(this.config.LEDGER_DIR).write(name));
    this.storages.set(name, storage);
    const trust = trustOfShard(replicaTrust(this.config), name);
    const mirror = isDropped ? mirrorRemains : mirrorLog;
    await mirror(httpReader(`${base}${name}/`, { attempts: 1 }), storage, trust);
    if (!isClosed) return;
    await storage.close();
    this.storages.delete(name);
    this.finished.add(name);
  }
}
