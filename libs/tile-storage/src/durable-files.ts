// What has to be synced for a file to survive a loss of power: its content, and the folder that names it. See fsync(2),
// "Calling fsync() does not necessarily ensure that the entry in the directory containing the file has also reached disk".
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { hasErrno } from './failure.js';

/** Writes a new file and waits until its content is on the disk. Its name is not, yet. */
export async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits until the names in a folder are on the disk. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Moves files into a tree of folders; the folders whose names or contents changed wait to be synced together. */
export interface Placement {
  place(staged: string, path: string): Promise<void>;
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

  const ensure = async (folder: string, unsynced: Set<string>): Promise<void> => {
    if (known.has(folder)) return;
    await ensure(dirname(folder), unsynced);
    await mkdir(join(root, folder)).catch((error: unknown) => {
      if (!hasErrno(error, 'EEXIST')) throw error;
    });
    unsynced.add(dirname(folder));
  };

  return () => {
    const unsynced = new Set<string>();
    const touched = new Set<string>();
    return {
      place: async (staged, path) => {
        const folder = dirname(path);
        await ensure(folder, unsynced);
        await rename(staged, join(root, path));
        unsynced.add(folder);
        touched.add(folder);
      },
      sync: async () => {
        await Promise.all([...unsynced].map((folder) => syncFolder(join(root, folder))));
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
