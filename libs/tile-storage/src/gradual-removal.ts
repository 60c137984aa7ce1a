import { readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

import { hasErrno } from './failure.js';

/** A tile filled one entry at a time leaves 255 partial versions, and its bundle as many: two a commit keeps up with it. */
const STEPS_AT_ONCE = 8;

/** Removes folders of files that nobody needs any more, a few files at a time, so that no commit waits for hundreds. */
export interface GradualRemoval {
  add(folders: readonly string[]): void;
  /** Removes a few files. */
  goOn(): void;
  /** Removes all that is left. */
  finish(): void;
}

/**
 * Removes folders below `root` that hold files alone. What is gone already is no fault.
 *
 * On the calling thread: to remove a file takes less of it than to ask another thread to.
 */
export function gradualRemoval(root: string): GradualRemoval {
  const steps: (() => void)[] = [];
  const list = (folder: string) => (): void => {
    const files = readdirSync(folder).map((file) => () => unlinkSync(join(folder, file)));
    steps.unshift(...files, () => rmdirSync(folder));
  };
  const take = (count: number): void => {
    for (let taken = 0; taken < count && steps.length > 0; taken += 1) unlessGone(steps.shift() as () => void);
  };
  return {
    add: (folders) => void steps.push(...folders.map((folder) => list(join(root, folder)))),
    goOn: () => take(STEPS_AT_ONCE),
    finish: () => take(Number.POSITIVE_INFINITY),
  };
}

function unlessGone(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) throw error;
  }
}
