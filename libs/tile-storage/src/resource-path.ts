import { TileStorageError } from './failure.js';

const SEGMENT = /^[a-z0-9][a-z0-9.-]*$/;

/**
 * Refuses whatever could lead out of a log, or to what is not for readers: empty segments, and those that begin with a
 * dot.
 *
 * @throws TileStorageError `path-refused`.
 */
export function assertResourcePath(path: string): void {
  if (!path.split('/').every((segment) => SEGMENT.test(segment))) throw new TileStorageError('path-refused', path);
}
