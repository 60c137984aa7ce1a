// C2SP tlog-tiles (https://c2sp.org/tlog-tiles): static resources by path, in memory.
import { type Commit, type LogStorage } from './storage.js';

/** A log's storage in a `Map`, for tests and examples: keeps every promise of the port but durability. */
export interface MemoryStorage extends LogStorage {
  readonly resources: Map<string, Uint8Array>;
}

export function memoryStorage(resources: Map<string, Uint8Array> = new Map()): MemoryStorage {
  return {
    resources,
    read: (path) => Promise.resolve(resources.get(path)),
    commit: (commit: Commit) => {
      for (const { path, bytes } of [...commit.resources, ...commit.checkpoints]) resources.set(path, bytes);
      for (const folder of commit.superseded) {
        for (const path of resources.keys()) if (path.startsWith(`${folder}/`)) resources.delete(path);
      }
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
