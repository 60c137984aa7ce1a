import { PinoLogger, SERVICE_CONFIG } from '@hie/service-kit';
import { directoryStorage, httpReader } from '@hie/tile-storage';
import { type LogStorage, mirrorLog } from '@hie/transparency-log';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { replicaTrust } from './replica-trust.js';

/**
 * Keeps a replica's folder up to date from the public log (`LEDGER_SOURCE_URL`), for replicas that do not see the sequencer's own.
 *
 * Every entry is recomputed on the way. A source that is away is tried again; one that lies leaves the copy as it is, which goes on
 * being served and says how old it is.
 */
@Injectable()
export class LogCopy implements OnModuleInit, OnApplicationShutdown {
  private storage: LogStorage | undefined;
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
    this.storage = await directoryStorage(this.config.LEDGER_DIR);
    await (this.running = this.copy());
  }

  async onApplicationShutdown(): Promise<void> {
    const { storage } = this;
    this.storage = undefined;
    clearTimeout(this.timer);
    await this.running;
    await storage?.close();
  }

  private async copy(): Promise<void> {
    const { storage } = this;
    if (storage === undefined) return;
    try {
      const source = httpReader(this.config.LEDGER_SOURCE_URL ?? '', { attempts: 1 });
      await mirrorLog(source, storage, replicaTrust(this.config));
      if (this.told !== undefined) this.logger.warn('log copied again');
      this.told = undefined;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'defect';
      if (this.told !== code) this.logger.error({ err: error }, 'log not copied');
      this.told = code;
    }
    if (this.storage === undefined) return;
    this.timer = setTimeout(() => void (this.running = this.copy()), this.config.LEDGER_COPY_INTERVAL_MS);
  }
}
