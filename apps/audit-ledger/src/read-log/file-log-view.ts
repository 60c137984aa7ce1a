import { PinoLogger, ReadinessRegistry, Refusal, SERVICE_CONFIG } from '@hie/service-kit';
import { directoryReader } from '@hie/tile-storage';
import {
  CHECKPOINT_PATH,
  HEAD_PATH,
  type LogReader,
  type OpenCheckpoint,
  type Trust,
  TransparencyLogError,
  logProofs,
  openCheckpoint,
} from '@hie/transparency-log';
import { Inject, Injectable } from '@nestjs/common';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { type LogState, LogView } from './log-view.js';
import { replicaTrust } from './replica-trust.js';

/**
 * The log as its files show it: what a replica has.
 *
 * A replica holds no key of the log. It believes a head that the log has signed and that continues, by proof, every head it has shown
 * before; a folder that was put back, or forked, makes it refuse (503 `log-not-continued`) instead of showing another history.
 */
@Injectable()
export class FileLogView extends LogView {
  private readonly reader: LogReader;
  private readonly trust: Trust;
  private latest: LogState | undefined;

  constructor(
    @Inject(SERVICE_CONFIG) config: AuditLedgerConfig,
    private readonly logger: PinoLogger,
    readiness: ReadinessRegistry,
  ) {
    super();
    this.reader = directoryReader(config.LEDGER_DIR);
    this.trust = replicaTrust(config);
    readiness.add('ledger', async () => (await this.current().catch(() => undefined)) !== undefined);
  }

  /** @throws Refusal `log-not-there` (503) before the first checkpoint has come, `log-not-continued` (503). */
  override async current(): Promise<LogState> {
    const head = await this.newestHead();
    if (head === undefined) throw new Refusal('log-not-there', 503);
    if (this.latest?.head.raw === head.raw) return this.latest;
    const proofs = logProofs(this.reader);
    if (this.latest !== undefined && !(await this.continues(this.latest.head, { head, proofs }))) {
      throw new Refusal('log-not-continued', 503);
    }
    return (this.latest = { head, proofs });
  }

  private async continues(shown: OpenCheckpoint, { head, proofs }: LogState): Promise<boolean> {
    try {
      await proofs.consistency(shown, head);
      return true;
    } catch (error) {
      if (!(error instanceof TransparencyLogError)) throw error;
      this.logger.error({ err: error, shown: shown.size, found: head.size }, 'log not continued');
      return false;
    }
  }

  private async newestHead(): Promise<OpenCheckpoint | undefined> {
    const found = await Promise.all([this.read(CHECKPOINT_PATH), this.read(HEAD_PATH)]);
    const heads = found.filter((head) => head !== undefined);
    return heads.length === 0 ? undefined : heads.reduce((a, b) => (b.size > a.size ? b : a));
  }

  private async read(path: string): Promise<OpenCheckpoint | undefined> {
    const raw = await this.reader.read(path);
    return raw && openCheckpoint(raw, this.trust);
  }
}
