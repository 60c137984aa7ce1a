// What has to be synced for a file to survive a loss of power: its content, and the folder that names it. See fsync(2),
// "Calling fsync() does not necessarily ensure that the entry in the directory containing the file has also reached disk".
//
// Only fsync waits for the disk, so only fsync may leave the thread. To open, write, rename and close touches the page cache, for
// less time than it takes to ask a thread of libuv's pool: doing that synchronously halves the CPU time of a commit.
import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { hasErrno } from './failure.js';
import { syncOpen } from './sync-open.js';

const sync = syncOpen();

/** More than the disk has use for, and far fewer than a process may open. */
const MAX_OPEN_FILES = 32;

/** A file to be written where none is. */
export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Writes new files and waits until their content is on the disk. Their names are not, yet. */
export function writeSynced(files: readonly NewFile[]): Promise<void> {
  return syncAll(files, ({ path, bytes }, opened) => {
    const file = opened(openSync(path, 'wx'));
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
  });
}

/** Waits until the names in these folders are on the disk. */
export function syncFolders(paths: readonly string[]): Promise<void> {
  return syncAll(paths, (path, opened) => void opened(openSync(path, 'r')));
}

/** Moves files into a tree of folders; the folders whose names or contents changed wait to be synced together. */
export interface Placement {
  place(staged: string, path: string): void;
  /** Waits until all that was placed is durable under its name. */
  sync(): Promise<void>;
}

/**
 * Places files below a root folder, and creates the folders on the way.
 *
 * A folder that this process sees for the first time is treated like a new one even if it exists: whoever created it may
 * have died before its name was synced.
 */
export function placeBelow(root: string): () => Placement {
  const known = new Set(['.']);

  const ensure = (folder: string, unsynced: Set<string>): void => {
    if (known.has(folder)) return;
    ensure(dirname(folder), unsynced);
    try {
      mkdirSync(join(root, folder));
    } catch (error) {
      if (!hasErrno(error, 'EEXIST')) throw error;
    }
    unsynced.add(dirname(folder));
  };

  return () => {
    const unsynced = new Set<string>();
    const touched = new Set<string>();
    return {
      place: (staged, path) => {
        const folder = dirname(path);
        ensure(folder, unsynced);
        renameSync(staged, join(root, path));
        unsynced.add(folder);
        touched.add(folder);
      },
      sync: async () => {
        await syncFolders([...unsynced].map((folder) => join(root, folder)));
        for (const folder of touched) remember(known, folder);
        unsynced.clear();
      },
    };
  };
}

/** A folder is known once its name, and those of all above it, have been synced. */
function remember(known: Set<string>, folder: string): void {
  if (known.has(folder)) return;
  known.add(folder);
  remember(known, dirname(folder));
}

/** Opens something for each item, syncs all of it at once, and closes it, whatever happens in between. */
async function syncAll<Item>(
  items: readonly Item[],
  prepare: (item: Item, opened: (file: number) => number) => void,
): Promise<void> {
  for (let from = 0; from < items.length; from += MAX_OPEN_FILES) {
    const files: number[] = [];
    try {
      for (const item of items.slice(from, from + MAX_OPEN_FILES)) {
        prepare(item, (file) => {
          files.push(file);
          return file;
        });
      }
      await sync(files);
    } finally {
      files.forEach((file) => closeSync(file));
    }
  }
}
