import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { syncFolders } from './durable-files.js';
import { TileStorageError } from './failure.js';

/**
 * Removes all entry bundles and tiles of a log's folder, for ever; what else is in it stays. Nothing there to remove is no fault, so it can
 * be done again after a crash.
 *
 * @throws TileStorageError `write-failed`: some may be left.
 */
export async function clearTiles(root: string): Promise<void> {
  try {
    await rm(join(root, 'tile'), { recursive: true, force: true });
    await syncFolders([root]);
  } catch (cause) {
    throw new TileStorageError('write-failed', 'tile', { cause });
  }
}
