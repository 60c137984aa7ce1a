import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { clearTiles, directoryReader, directoryStorage } from '@hie/tile-storage';
import { type ShardStore, isShardName } from '@hie/transparency-log';

/** Shards as folders of one folder, each named like its shard. */
export function directoryShards(root: string): ShardStore {
  return {
    names: async () => {
      await mkdir(root, { recursive: true });
      const found = await readdir(root, { withFileTypes: true });
      return found.filter((each) => each.isDirectory() && isShardName(each.name)).map(({ name }) => name);
    },
    read: (name) => directoryReader(join(root, name)),
    write: (name) => directoryStorage(join(root, name)),
    clear: (name) => clearTiles(join(root, name)),
  };
}
