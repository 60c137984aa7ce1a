import { setTimeout as pause } from 'node:timers/promises';

import { CHECKPOINT_PATH, HEAD_PATH, type OpenCheckpoint, openCheckpoint } from '@hie/transparency-log';

import type { PublicLog } from './public-log.js';

const EVERY_MS = 50;

/** Collects every checkpoint that the ledger serves, as a suspicious member would, until it is told to stop. */
export class HeadWatch {
  /** One for each root that was ever signed, in the order they were seen. */
  readonly seen = new Map<string, OpenCheckpoint>();
  private stopped = false;
  private readonly watching: Promise<void>;

  constructor(private readonly log: PublicLog) {
    this.watching = this.watch();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.watching;
  }

  /** Adds one that was come by in another way. */
  keep(checkpoint: OpenCheckpoint): void {
    this.seen.set(`${checkpoint.size} ${Buffer.from(checkpoint.root).toString('base64')}`, checkpoint);
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      for (const path of [HEAD_PATH, CHECKPOINT_PATH]) {
        // The ledger is being killed meanwhile: what can't be read now is read the next time.
        const raw = await this.log.reader.read(path).catch(() => undefined);
        if (raw !== undefined) this.keep(openCheckpoint(raw, this.log.trust));
      }
      await pause(EVERY_MS);
    }
  }
}
