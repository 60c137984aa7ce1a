import { type LogReader } from '@hie/transparency-log';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { hasErrno, TileStorageError } from './failure.js';

const SEGMENT = /^[a-z0-9][a-z0-9.-]*$/;

/**
 * Reads a log's resources from the folder that a `directoryStorage` writes, a web server serves, or a copy of either.
 *
 * Never looks outside the folder, nor at anything in it whose name begins with a dot: a path with such a segment is
 * refused.
 */
export function directoryReader(root: string): LogReader {
  return {
    read: async (path) => {
      if (!path.split('/').every((segment) => SEGMENT.test(segment))) throw new TileStorageError('path-refused', path);
      try {
        return await readFile(join(root, path));
      } catch (cause) {
        if (hasErrno(cause, 'ENOENT', 'ENOTDIR')) return undefined;
        throw new TileStorageError('read-failed', path, { cause });
      }
    },
  };
}
