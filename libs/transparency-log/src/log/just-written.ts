// C2SP tlog-tiles (https://c2sp.org/tlog-tiles): resources that their writer still has in memory.
import { resourceOf } from '../tiles/resource.js';
import { type LogReader, type StoredResource } from './storage.js';

/** Enough for the proofs that a writer is asked for right after a commit: a commit leaves one or two new tiles at its edge. */
const TILES_KEPT = 64;

/**
 * Reads a log like `reader`, but the tiles that this process has just made durable from memory.
 *
 * A receipt's proof is made right after its commit and begins in the partial tile that the commit has written. To read that back
 * costs more than to prove. Entry bundles are not kept: proofs do not need them, and they may be large.
 */
export function justWritten(reader: LogReader): {
  readonly reader: LogReader;
  remember(durable: readonly StoredResource[]): void;
} {
  const tiles = new Map<string, Uint8Array>();
  return {
    reader: { read: (path) => (tiles.has(path) ? Promise.resolve(tiles.get(path)) : reader.read(path)) },
    remember: (durable) => {
      for (const { path, bytes } of durable) if (resourceOf(path)?.kind === 'tile') tiles.set(path, bytes);
      for (const oldest of tiles.keys()) {
        if (tiles.size <= TILES_KEPT) break;
        tiles.delete(oldest);
      }
    },
  };
}
