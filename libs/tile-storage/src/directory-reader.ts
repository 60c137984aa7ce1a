import { type LogReader, resourceOf } from '@hie/transparency-log';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { hasErrno, TileStorageError } from './failure.js';
import { readSmall } from './read-small.js';
import { assertResourcePath } from './resource-path.js';

/**
 * Reads a log's resources from the folder that a `directoryStorage` writes, a web server serves, or a copy of either.
 *
 * Never looks outside the folder. `read` rejects with TileStorageError `path-refused`, `read-failed`.
 */
export function directoryReader(root: string): LogReader {
  const small = readSmall();
  // A bundle of entries may be 16 MiB.
  const readerOf = (path: string) => (resourceOf(path)?.kind === 'tile' ? small : readFile);
  return {
    read: async (path) => {
      assertResourcePath(path);
      try {
        return await readerOf(path)(join(root, path));
      } catch (cause) {
        if (hasErrno(cause, 'ENOENT', 'ENOTDIR')) return undefined;
        throw new TileStorageError('read-failed', path, { cause });
      }
    },
  };
}
