import type { OutboxRecord, OutboxStore } from '@hie/persistence';

import type { CoalescingSender } from './coalescing-sender.js';
import { unpackRecord } from './record-format.js';

export interface OutboxRelayOptions {
  readonly store: OutboxStore;
  readonly sender: CoalescingSender;
  readonly onError: (error: unknown) => void;
}

const REMOVE_EVERY_MS = 500;
const SWEEP_EVERY_MS = 1_000;
/** Younger rows are on their way in this process; a sweep that took them would only double the work. */
const STALE_AFTER_MS = 5_000;
/** At its start a process looks for what its former life left: the query they belong to has a deadline. */
const STALE_AT_START_MS = 250;
const SWEEP_LIMIT = 500;
const INBOX_KEPT_MS = 24 * 3_600_000;
const FORGET_EVERY_MS = 600_000;

/**
 * Sends what was committed to the outbox.
 *
 * The way is a hand-off inside the process right after the commit: polling would add its interval to every hop. What was sent
 * is removed in bulk. The sweep is for the rows a crash left behind; a message it sends twice is dropped by the inbox.
 */
export class OutboxRelay {
  private readonly sent: string[] = [];
  private readonly inFlight = new Set<string>();
  private timers: NodeJS.Timeout[] = [];
  private sweeping = Promise.resolve();

  constructor(private readonly options: OutboxRelayOptions) {}

  start(): void {
    this.sweeping = this.sweep(STALE_AT_START_MS);
    this.timers = [
      setInterval(() => void this.removeSent(), REMOVE_EVERY_MS),
      setInterval(() => {
        this.sweeping = this.sweep();
      }, SWEEP_EVERY_MS),
      setInterval(() => void this.forget(), FORGET_EVERY_MS),
    ];
  }

  /** Sends committed records; when that fails they stay in the outbox for the sweep. @returns whether the log has them. */
  async handOff(records: readonly OutboxRecord[]): Promise<boolean> {
    if (records.length === 0) return true;
    records.forEach(({ id }) => this.inFlight.add(id));
    try {
      await this.options.sender.send(records.map(unpackRecord));
      this.sent.push(...records.map(({ id }) => id));
      return true;
    } catch (error) {
      this.options.onError(error);
      records.forEach(({ id }) => this.inFlight.delete(id));
      return false;
    }
  }

  /**
   * Sends records before they are committed; `settled` is to be called when the commit has succeeded or failed.
   *
   * Their rows can be removed only once they are there. Where the commit fails, there are none, and whoever tries again sends again.
   */
  sendAhead(records: readonly OutboxRecord[]): { readonly settled: () => void } {
    if (records.length === 0) return { settled: () => undefined };
    records.forEach(({ id }) => this.inFlight.add(id));
    const sending = this.options.sender.send(records.map(unpackRecord)).then(
      () => true,
      (error: unknown) => {
        this.options.onError(error);
        return false;
      },
    );
    const settled = (): void => {
      void sending.then((isSent) => {
        if (isSent) this.sent.push(...records.map(({ id }) => id));
        else records.forEach(({ id }) => this.inFlight.delete(id));
      });
    };
    return { settled };
  }

  /** Waits for the running sweep and removes what was sent. */
  async stop(): Promise<void> {
    this.timers.forEach(clearInterval);
    await this.sweeping;
    await this.removeSent();
  }

  private async removeSent(): Promise<void> {
    const ids = this.sent.splice(0);
    if (ids.length === 0) return;
    try {
      await this.options.store.remove(ids);
      ids.forEach((id) => this.inFlight.delete(id));
    } catch (error) {
      this.options.onError(error);
      this.sent.push(...ids);
    }
  }

  private async sweep(olderThanMs = STALE_AFTER_MS): Promise<void> {
    try {
      const stale = await this.options.store.stale(olderThanMs, SWEEP_LIMIT);
      await this.handOff(stale.filter(({ id }) => !this.inFlight.has(id)));
    } catch (error) {
      this.options.onError(error);
    }
  }

  private async forget(): Promise<void> {
    await this.options.store.forgetInbox(INBOX_KEPT_MS).catch(this.options.onError);
  }
}
