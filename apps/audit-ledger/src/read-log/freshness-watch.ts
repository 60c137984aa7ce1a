import { PinoLogger, SERVICE_CONFIG } from '@hie/service-kit';
import { type ShardStore, type Trust, compareShards, trustOfShard } from '@hie/transparency-log';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

import { readWitnessPolicy } from '../ask-witnesses/witness-policy.js';
import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { directoryShards } from '../keep-shards/directory-shards.js';
import { type Freshness, isStale, readVouched, vouchedAtMs } from './freshness.js';
import { replicaTrust } from './replica-trust.js';

const LOOKS_AN_INTERVAL = 4;

/**
 * Watches, from a process that goes on when the sequencer does not, whether the ledger does: everything else that watches the ledger is in
 * the process that would stand still with it.
 *
 * Needs the witnesses, by whose clocks it goes; it asks them nothing. Says `ledger stands still` (error, `log-stale`) once, and `ledger goes
 * on` when it is over; `/freshness` says it to whoever asks.
 */
@Injectable()
export class FreshnessWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly store: ShardStore;
  private readonly trust: (Trust & { readonly quorum: number }) | undefined;
  private readonly startedAtMs = Date.now();
  private seen: Omit<Freshness, 'isStale'> = {};
  private told = false;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private isEnded = false;

  constructor(
    @Inject(SERVICE_CONFIG) private readonly config: AuditLedgerConfig,
    private readonly logger: PinoLogger,
  ) {
    this.store = directoryShards(config.LEDGER_DIR);
    if (config.WITNESSES_FILE === undefined) return;
    const { witnesses, quorum } = readWitnessPolicy(config.WITNESSES_FILE);
    this.trust = { ...replicaTrust(config), witnesses: witnesses.flatMap(({ keys }) => keys), quorum };
  }

  /** `undefined` where there are no witnesses to go by. */
  get freshness(): Freshness | undefined {
    if (this.trust === undefined) return undefined;
    const { vouchedAt = new Date(this.startedAtMs) } = this.seen;
    return { ...this.seen, isStale: isStale(vouchedAt.getTime(), Date.now(), this.config.WITNESS_REFRESH_MS) };
  }

  onApplicationBootstrap(): void {
    if (this.trust !== undefined) this.arm();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isEnded = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  /** Reads what is published now, and says what changed. */
  async look(): Promise<void> {
    try {
      await this.read();
    } catch (error) {
      // A folder that can't be read, or is not to be believed, is no sign of life either.
      this.logger.error({ err: error }, 'freshness not read');
    }
    const { isStale: stands = false, ...where } = this.freshness ?? {};
    if (stands !== this.told) {
      if (stands) this.logger.error({ code: 'log-stale', ...where }, 'ledger stands still');
      else this.logger.warn(where, 'ledger goes on');
    }
    this.told = stands;
  }

  private async read(): Promise<void> {
    if (this.trust === undefined) return;
    const names = [...(await this.store.names())].sort(compareShards);
    // A shard that has just been begun has nobody's word yet; the one before it has.
    for (const name of names.slice(-2)) {
      const vouched = await readVouched(this.store.read(name), trustOfShard(this.trust, name));
      const atMs = vouched && vouchedAtMs(vouched, this.trust.quorum);
      if (vouched === undefined || atMs === undefined || atMs < (this.seen.vouchedAt?.getTime() ?? 0)) continue;
      this.seen = { vouchedAt: new Date(atMs), shard: name, size: vouched.size };
    }
  }

  private arm(): void {
    if (this.isEnded) return;
    this.timer = setTimeout(() => {
      this.looking = this.look().finally(() => this.arm());
    }, this.config.WITNESS_REFRESH_MS / LOOKS_AN_INTERVAL).unref();
  }
}
