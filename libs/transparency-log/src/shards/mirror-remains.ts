// C2SP tlog-proof (https://c2sp.org/tlog-proof): a copy of what stays of a log whose entries are gone.
import { TransparencyLogError } from '../failure.js';
import { stored } from '../log/log-writer.js';
import { type LogReader, type LogStorage } from '../log/storage.js';
import { sameBytes } from '../merkle/hash.js';
import { openCheckpoint, type Trust } from '../notes/open-checkpoint.js';
import { CHECKPOINT_PATH } from '../tiles/tile-path.js';
import { readRemains, REMAINS_PATHS } from './shard-remains.js';

/**
 * Copies what stays of a shard that its source has dropped: its checkpoint, and its two ends, proven under that. A copy that was made before
 * stays as it is.
 *
 * @throws TransparencyLogError `resource-missing` when the source has no checkpoint or no ends of it; `consistency-unproven` when the copy has
 *   another tree; what `openCheckpoint` and `readRemains` throw. Whatever the reader and the storage throw.
 */
export async function mirrorRemains(source: LogReader, copy: LogStorage, trust: Trust): Promise<void> {
  const [raw, held] = await Promise.all([source.read(CHECKPOINT_PATH), copy.read(CHECKPOINT_PATH)]);
  if (raw === undefined) throw new TransparencyLogError('resource-missing', { resource: CHECKPOINT_PATH });
  const offered = openCheckpoint(raw, trust);
  if (held !== undefined) {
    const { size, root } = openCheckpoint(held, { origin: trust.origin, logKeys: trust.logKeys });
    // What a shorter copy lacks can't be had any more, nor shown to continue it.
    if (size !== offered.size || !sameBytes(root, offered.root))
      throw new TransparencyLogError('consistency-unproven', { size });
    return;
  }
  if ((await readRemains(source, offered)) === undefined)
    throw new TransparencyLogError('resource-missing', { resource: REMAINS_PATHS[0] as string });
  const files = await Promise.all(REMAINS_PATHS.map(async (path) => ({ path, bytes: await source.read(path) })));
  const resources = files.flatMap(({ path, bytes }) => (bytes === undefined ? [] : [{ path, bytes }]));
  await copy.commit({ resources, checkpoints: [stored(CHECKPOINT_PATH, offered)], superseded: [] });
}
