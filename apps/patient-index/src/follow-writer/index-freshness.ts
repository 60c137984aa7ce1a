import { PinoLogger, SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';

import type { PatientIndexConfig } from '../patient-index.config.js';
import { IdentityFollower } from './identity-follower.js';
import { WriterSeat } from './writer-seat.js';

/** How often whoever follows looks for something new. */
const FOLLOW_EVERY_MS = 100;
/** How often whoever writes makes sure that it still does. */
const CONFIRM_EVERY_MS = 1_000;

/** The index may lack what was committed longer ago than it is allowed to. Tried again until the query's deadline. */
export class IndexBehindError extends Error {
  override readonly name = 'IndexBehindError';
  readonly code = 'index-behind';
  readonly retry = 'outage';
  constructor() {
    super('index-behind');
  }
}

/**
 * Knows how old the index may be, and lets nobody be answered from one that is older than `INDEX_MAX_LAG_MS`.
 *
 * Who follows has all that was committed when it last reached the end of the events; who writes has it as long as the seat is its own.
 */
@Injectable()
export class IndexFreshness implements OnApplicationShutdown {
  private confirmedAtMs = Number.NEGATIVE_INFINITY;
  private confirming: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private isTold = false;

  constructor(
    private readonly follower: IdentityFollower,
    private readonly seat: WriterSeat,
    @Inject(SERVICE_CONFIG) private readonly config: Pick<PatientIndexConfig, 'INDEX_MAX_LAG_MS'>,
    private readonly logger: PinoLogger,
  ) {}

  /** Begins to look, again and again. */
  start(): void {
    const everyMs = this.seat.isTaken ? CONFIRM_EVERY_MS : FOLLOW_EVERY_MS;
    this.timer = setTimeout(() => void this.look().finally(() => (this.isStopped ? undefined : this.start())), everyMs);
    this.timer.unref();
  }

  /** For how long the index may have missed something, ms. */
  get lagMs(): number {
    return performance.now() - this.confirmedAtMs;
  }

  /**
   * Lets pass whoever wants to answer from the index; looks itself, when it is due.
   *
   * @throws IndexBehindError, and whatever the database throws when it cannot be asked
   */
  async ensure(): Promise<void> {
    if (this.lagMs <= this.config.INDEX_MAX_LAG_MS) return;
    await this.confirm();
    if (this.lagMs > this.config.INDEX_MAX_LAG_MS) throw new IndexBehindError();
  }

  /** Looks now, and follows what is new. */
  confirm(): Promise<void> {
    this.confirming ??= this.follow().finally(() => (this.confirming = undefined));
    return this.confirming;
  }

  onApplicationShutdown(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private async follow(): Promise<void> {
    const askedAtMs = performance.now();
    if (await this.follower.step()) this.confirmedAtMs = askedAtMs;
  }

  private async look(): Promise<void> {
    await this.confirm().catch((error: unknown) => this.logger.warn({ err: error }, 'identity events not read'));
    const isBehind = this.lagMs > this.config.INDEX_MAX_LAG_MS;
    if (isBehind !== this.isTold) this.logger.warn({ lagMs: Math.round(this.lagMs) }, behindOrNot(isBehind));
    this.isTold = isBehind;
  }
}

const behindOrNot = (isBehind: boolean): string =>
  isBehind ? 'identity index is behind and answers nobody' : 'identity index has caught up';
