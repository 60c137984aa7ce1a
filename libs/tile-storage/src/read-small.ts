// Which thread reads a tile. Reading a file through libuv's pool takes four hand-overs, each of a tenth of a millisecond and more on a virtual
// machine; reading 8 KiB from the page cache takes a fiftieth of one. See docs/adr/0160.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Above this, a read is worth a thread of its own: the process has other work to do in that time. */
const QUICK_MS = 0.5;
/** How many reads the usual time is taken over: one slow one among them does not decide. */
const REMEMBERED = 16;
/** While the disk is slow, one read of so many is made here, to learn whether it still is. */
const TRIED_EVERY = 64;

/** Reads a whole file; rejects with the file system's error. */
export type ReadSmall = (path: string) => Promise<Buffer>;

/**
 * Reads files of a few kilobytes on this thread while that is quick, as it is from the page cache, and through the pool while the disk is slow.
 *
 * @param nowMs a clock that never goes back.
 */
export function readSmall(
  nowMs: () => number = () => performance.now(),
  calls: { readonly here: (path: string) => Buffer; readonly pool: ReadSmall } = {
    here: (path) => readFileSync(path),
    pool: (path) => readFile(path),
  },
): ReadSmall {
  let usualMs = 0;
  let sinceTried = 0;

  return async (path) => {
    if (usualMs >= QUICK_MS && (sinceTried += 1) < TRIED_EVERY) return calls.pool(path);
    sinceTried = 0;
    const began = nowMs();
    try {
      return calls.here(path);
    } finally {
      // A disk that is quick again is believed at once: what was slow was a page cache that had not been filled.
      const tookMs = nowMs() - began;
      usualMs = tookMs < QUICK_MS && usualMs >= QUICK_MS ? tookMs : usualMs + (tookMs - usualMs) / REMEMBERED;
    }
  };
}
