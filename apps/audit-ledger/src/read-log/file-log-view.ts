import { PinoLogger, ReadinessRegistry, Refusal, SERVICE_CONFIG } from '@hie/service-kit';
import {
  CLOSING_PATH,
  type Shard,
  type ShardStore,
  type Trust,
  TransparencyLogError,
  compareShards,
  readShard,
  sameBytes,
  type TreeHead,
  trustOfShard,
} from '@hie/transparency-log';
import { Inject, Injectable } from '@nestjs/common';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { directoryShards } from '../keep-shards/directory-shards.js';
import { type LogState, LogView } from './log-view.js';
import { replicaTrust } from './replica-trust.js';

/**
 * The log as its files show it: what a replica has.
 *
 * A replica holds no key of the log. It believes a head that the log has signed and that continues, by proof, every head it has shown
 * before, of each shard; a folder that was put back, or forked, makes it refuse (503 `log-not-continued`) instead of showing another
 * history. A shard whose closing entry it has seen is not read again.
 */
@Injectable()
export class FileLogView extends LogView {
  private readonly store: ShardStore;
  private readonly trust: Trust;
  private readonly shown = new Map<string, Shard>();

  constructor(
    @Inject(SERVICE_CONFIG) config: AuditLedgerConfig,
    private readonly logger: PinoLogger,
    readiness: ReadinessRegistry,
  ) {
    super();
    this.store = directoryShards(config.LEDGER_DIR);
    this.trust = replicaTrust(config);
    readiness.add('ledger', async () => (await this.current().catch(() => undefined)) !== undefined);
  }

  /** @throws Refusal `log-not-there` (503) before the first checkpoint has come, `log-not-continued` (503). */
  override async current(): Promise<LogState> {
    const names = [...(await this.store.names())].sort(compareShards);
    const shards: Shard[] = [];
    for (const [at, name] of names.entries()) {
      const shard = await this.look(name, at === 0);
      // A log that has just been begun, and has no entry yet.
      if (shard === undefined) break;
      shards.push(shard);
    }
    if (shards.length < this.shown.size) throw this.refused(undefined, undefined);
    if (shards.length === 0) throw new Refusal('log-not-there', 503);
    for (const shard of shards) this.shown.set(shard.name, shard);
    return { shards };
  }

  private async look(name: string, isFirst: boolean): Promise<Shard | undefined> {
    const before = this.shown.get(name);
    const reader = this.store.read(name);
    // A closed shard stays as it is, until it is dropped.
    const isSettled = before?.isDropped === true || (await reader.read(CLOSING_PATH)) === undefined;
    if (before?.closing !== undefined && isSettled) return before;
    const now = await readShard(reader, name, trustOfShard(this.trust, name), { isFirst });
    if (before === undefined || now?.head.raw === before.head.raw) return now;
    try {
      if (now === undefined) throw new TransparencyLogError('log-rolled-back', { size: before.head.size });
      if (!isSameTree(before.head, now.head)) await now.proofs.consistency(before.head, now.head);
      return now;
    } catch (error) {
      if (!(error instanceof TransparencyLogError)) throw error;
      throw this.refused(error, name);
    }
  }

  private refused(error: TransparencyLogError | undefined, shard: string | undefined): Refusal {
    this.logger.error({ err: error, shard }, 'log not continued');
    return new Refusal('log-not-continued', 503);
  }
}

/** Nothing else shows of a shard whose entries are gone that it is the one it was. */
const isSameTree = (a: TreeHead, b: TreeHead): boolean => a.size === b.size && sameBytes(a.root, b.root);
