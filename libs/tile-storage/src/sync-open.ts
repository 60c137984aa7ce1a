// Which thread waits for the disk. To hand one fsync to libuv's pool and to be told of its end costs this process two wake-ups: a
// tenth of a millisecond and more of CPU time each on a virtual machine, as much as a quick disk takes. See docs/adr/0160.
import { fsync, fsyncSync } from 'node:fs';
import { promisify } from 'node:util';

const inPool = promisify(fsync);

/** Above this, a sync is worth a thread of its own: the process has other work to do in that time. */
const QUICK_MS = 2;
/** More than these at once share one journal commit of the file system, if they are asked for at the same time. */
const FEW = 8;
/** How many syncs the usual time is taken over: one slow one among them does not decide. */
const REMEMBERED = 16;

/** Waits until what is open is on the disk; rejects with the error of the first that failed. */
export type SyncOpen = (files: readonly number[]) => Promise<void>;

/**
 * Syncs on this thread while the disk is quick, and through the pool, all at the same time, while it is slow or there are many.
 *
 * @param nowMs a clock that never goes back.
 */
export function syncOpen(
  nowMs: () => number = () => performance.now(),
  calls: { readonly here: (file: number) => void; readonly pool: (file: number) => Promise<void> } = {
    here: fsyncSync,
    pool: inPool,
  },
): SyncOpen {
  let usualMs = 0;
  const learn = (tookMs: number): void => void (usualMs += (tookMs - usualMs) / REMEMBERED);

  return async (files) => {
    if (usualMs < QUICK_MS && files.length <= FEW) {
      for (const file of files) {
        const began = nowMs();
        calls.here(file);
        learn(nowMs() - began);
      }
      return;
    }
    const began = nowMs();
    // All of them, also when one fails: a file must not be closed while it is being synced.
    const synced = await Promise.allSettled(files.map((file) => calls.pool(file)));
    learn(nowMs() - began);
    for (const one of synced) if (one.status === 'rejected') throw one.reason;
  };
}
