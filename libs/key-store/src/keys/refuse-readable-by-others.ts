import { statSync } from 'node:fs';

/** @throws RangeError for a file with a secret that anybody but its owner may read. */
export function refuseReadableByOthers(path: string): void {
  if ((statSync(path).mode & 0o077) !== 0) throw new RangeError('A file with a secret may be read by its owner alone.');
}
