import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { clearTiles, type DirectoryStorageOptions, directoryReader, directoryStorage } from '@hie/tile-storage';
import { type ShardStore, isShardName } from '@hie/transparency-log';

/** Shards as folders of one folder, each named like its shard. @param options for those that are written. */
export function directoryShards(root: string, options: DirectoryStorageOptions = {}): ShardStore {
  return {
    names: async () => {
      await mkdir(root, { recursive: true });
      const found = await readdir(root, { withFileTypes: true });
      return found.filter((each) => each.isDirectory() && isShardName(each.name)).map(({ name }) => name);
    },
    read: (name) => directoryReader(join(root, name)),
    write: (name) => directoryStorage(join(root, name), options),
    clear: (name) => clearTiles(join(root, name)),
  };
}
