import { setTimeout as pause } from 'node:timers/promises';

import { PinoLogger, SERVICE_CONFIG } from '@hie/service-kit';
import { type TransparencyLog, shardOfOrigin } from '@hie/transparency-log';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

import { Sequencer } from '../append-event/sequencer.js';
import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { ShardKeeper } from '../keep-shards/shard-keeper.js';
import { CheckpointStore, type KeptCheckpoint } from './checkpoint.store.js';
import { checkpointPoster } from './post-checkpoint.js';
import { readWitnessPolicy } from './witness-policy.js';
import { msUntilRound } from './when-to-ask.js';
import { type WitnessRounds, type WitnessStanding, witnessRounds } from './witness-round.js';

const MAX_BACKOFF_MS = 30_000;
/** Rounds without a quorum before anybody is told: at the start, witnesses wait until they can read the log. */
const TELL_AFTER = 3;

/** Where the ledger stands with its witnesses. */
export interface WitnessingStatus {
  /** The half-yearly log that takes entries, and how many it has. */
  readonly shard: string;
  readonly head: number;
  readonly quorum: number;
  readonly cosigned?: { readonly size: number; readonly at: Date };
  readonly witnesses: readonly WitnessStanding[];
}

/**
 * Has the members' witnesses vouch for the log's head, outside the path of receipts, and publishes what enough of them have cosigned.
 *
 * Asks when the head has grown, at most once in `WITNESS_INTERVAL_MS`, and less often while the quorum is missing; and every
 * `WITNESS_REFRESH_MS` even if it has not, so that a published checkpoint whose cosignatures are older says that the ledger stands still
 * or that its newer state is kept back. What a witness does or leaves undone never reaches whoever waits for a receipt.
 */
@Injectable()
export class Witnessing implements OnApplicationBootstrap, OnApplicationShutdown {
  private rounds: WitnessRounds | undefined;
  private makeRounds: ((log: TransparencyLog) => WitnessRounds) | undefined;
  /** The shard that `rounds` and `cosigned` are of. */
  private shard = '';
  private isHandingOver = false;
  private readonly chased = new Set<TransparencyLog>();
  private readonly ending = new AbortController();
  private quorum = 0;
  private cosigned: KeptCheckpoint | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private failures = 0;
  /** When the witnesses may be asked again, on the clock of `performance.now()`. */
  private notBeforeMs = 0;
  private close: () => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly sequencer: Sequencer,
    private readonly shards: ShardKeeper,
    private readonly store: CheckpointStore,
    private readonly logger: PinoLogger,
    @Inject(SERVICE_CONFIG) private readonly config: AuditLedgerConfig,
  ) {}

  /** The newest checkpoint that the quorum has cosigned; `undefined` where there are no witnesses, or not yet. */
  get newestNote(): string | undefined {
    return this.ofCurrent?.note;
  }

  get status(): WitnessingStatus {
    const { quorum } = this;
    const cosigned = this.ofCurrent;
    return {
      shard: this.shards.current.name,
      head: this.sequencer.openedLog.head.size,
      quorum,
      ...(cosigned === undefined ? {} : { cosigned: { size: cosigned.size, at: cosigned.at } }),
      witnesses: this.rounds?.standings ?? [],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.WITNESSES_FILE === undefined) return;
    const policy = readWitnessPolicy(this.config.WITNESSES_FILE);
    const { post, close } = checkpointPoster(policy.witnesses);
    this.quorum = policy.quorum;
    this.close = close;
    this.makeRounds = ({ head }) =>
      witnessRounds({
        ...{ policy, post },
        logKeys: () => this.shards.keysOf(head.origin),
        now: () => new Date(),
        onChange: (standing) => this.tell(standing),
      });
    await this.follow();
    this.shards.askWitnessesBy((log) => this.vouchForLast(log));
    this.sequencer.onHead(() => {
      this.chaseClosed();
      this.wake();
    });
    this.chaseClosed();
    this.wake();
  }

  async onApplicationShutdown(): Promise<void> {
    this.rounds = undefined;
    this.ending.abort();
    clearTimeout(this.timer);
    await this.close();
    await this.running;
  }

  private wake(): void {
    if (this.running !== undefined || this.rounds === undefined) return;
    clearTimeout(this.timer);
    const waitMs = msUntilRound({
      headSize: this.sequencer.openedLog.head.size,
      cosigned: this.cosigned && { size: this.cosigned.size, atMs: this.cosigned.at.getTime() },
      nowMs: Date.now(),
      notBeforeMs: Date.now() + this.notBeforeMs - performance.now(),
      refreshMs: this.config.WITNESS_REFRESH_MS,
    });
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.running = this.round().finally(() => {
        this.running = undefined;
        const pauseMs = this.config.WITNESS_INTERVAL_MS * 2 ** Math.max(0, this.failures - 1);
        this.notBeforeMs = performance.now() + Math.min(pauseMs, MAX_BACKOFF_MS);
        this.wake();
      });
    }, waitMs);
  }

  private async round(): Promise<void> {
    if (this.isHandingOver) return;
    await this.follow();
    const log = this.sequencer.openedLog;
    const { size } = log.head;
    try {
      const note = await this.rounds?.ask(log);
      if (this.rounds === undefined) return;
      if (note === undefined) return this.missed(size);
      const kept = { size, note, at: new Date() };
      await this.store.keep(this.shard, kept);
      await log.publish(note);
      this.cosigned = kept;
      if (this.failures >= TELL_AFTER) this.logger.warn({ size }, 'witness quorum met');
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      this.logger.error({ err: error }, 'cosigned checkpoint not published');
    }
  }

  /** What is cosigned of the shard that takes entries; nothing of one before it. */
  private get ofCurrent(): KeptCheckpoint | undefined {
    return this.shard === this.shards.current.name ? this.cosigned : undefined;
  }

  /** Begins with another shard where the log has gone on to one. */
  private async follow(): Promise<void> {
    const { name, log } = this.shards.current;
    if (this.shard === name) return;
    const newest = await this.store.newest(name);
    [this.shard, this.cosigned, this.rounds] = [name, newest, this.makeRounds?.(log)];
  }

  /** Asks once for the last head of a log that is being handed over; what is not given now is asked for afterwards. */
  private async vouchForLast(log: TransparencyLog): Promise<string | undefined> {
    this.isHandingOver = true;
    try {
      await this.running;
      await this.follow();
      const note = await this.rounds?.ask(log);
      if (note !== undefined) await this.store.keep(this.shard, { size: log.head.size, note, at: new Date() });
      return note;
    } finally {
      this.isHandingOver = false;
    }
  }

  private chaseClosed(): void {
    for (const log of this.shards.unvouched) {
      if (this.chased.has(log)) continue;
      this.chased.add(log);
      this.chase(log).catch((error: unknown) => this.logger.error({ err: error }, 'closed shard not published'));
    }
  }

  /** Asks for a closed log until a quorum has vouched for its end, and publishes that. */
  private async chase(log: TransparencyLog): Promise<void> {
    const rounds = this.makeRounds?.(log);
    const shard = shardOfOrigin(log.head.origin)?.name ?? '';
    for (let round = 0; rounds !== undefined && !this.ending.signal.aborted; round += 1) {
      const note = await rounds.ask(log);
      if (note !== undefined) {
        await this.store.keep(shard, { size: log.head.size, note, at: new Date() });
        await log.publish(note);
        await this.shards.settle(log);
        return;
      }
      const waitMs = Math.min(this.config.WITNESS_INTERVAL_MS * 2 ** round, MAX_BACKOFF_MS);
      await pause(waitMs, undefined, { signal: this.ending.signal, ref: false }).catch(() => undefined);
    }
  }

  private missed(size: number): void {
    this.failures += 1;
    if (this.failures === TELL_AFTER) this.logger.error({ size, quorum: this.quorum }, 'witness quorum missing');
  }

  private tell({ name, size, last, status }: WitnessStanding): void {
    // Connections that are cut because this process ends say nothing of a witness.
    if (this.rounds === undefined) return;
    const fields = { witness: name, size, answer: last, status };
    if (last === 'cosigned') this.logger.info(fields, 'witness answered');
    else if (last === 'away') this.logger.warn(fields, 'witness answered');
    else this.logger.error(fields, 'witness answered');
  }
}
