// C2SP tlog-proof (https://c2sp.org/tlog-proof): what the log says of its own shards that were dropped.
import { TransparencyLogError } from '../failure.js';
import { sameBytes } from '../merkle/hash.js';
import { type TreeHead } from '../merkle/consistency-proof.js';
import { decodeBase64, encodeBase64 } from '../notes/base64.js';
import { type ShardStore } from './open-shards.js';
import { type Shard } from './read-shard.js';
import { type DroppedMark, type DroppingMark } from './shard-mark.js';
import { compareShards, shardOfOrigin } from './shard-name.js';
import { makeRemains, REMAINS_PATHS } from './shard-remains.js';

/** Where a shard stood in the chain, and what its tree was. */
export type DroppedShard = TreeHead & { readonly origin: string; readonly begin: number };

export const droppedMarkOf = ({ begin, head: { origin, size, root } }: Pick<Shard, 'begin' | 'head'>): DroppedMark => ({
  ...{ origin, size, begin },
  root: encodeBase64(root),
});

/**
 * Whether a mark says that just this shard was dropped: its name, where it began, how many entries it had, and which. A mark in the shard
 * itself, or in one before it, says nothing: nobody could have known.
 */
export function attests(mark: DroppingMark, markedIn: string, { origin, begin, size, root }: DroppedShard): boolean {
  const name = shardOfOrigin(origin)?.name;
  if (name === undefined || compareShards(markedIn, name) <= 0) return false;
  return mark.dropped.some((each) => {
    const bytes = decodeBase64(each.root);
    const isSame = each.origin === origin && each.begin === begin && each.size === size;
    return isSame && bytes !== undefined && sameBytes(bytes, root);
  });
}

/**
 * Keeps what stays of a shard when its entries go: beside its checkpoint, with the cosignatures, the entries it begins and ends with, each
 * proven. Once they are durable its tiles may be removed (`ShardStore.clear`), which a crash may interrupt.
 *
 * @param shard closed, published to its end, and said to be dropped by an entry that is durable.
 * @throws TransparencyLogError `commit-failed`, and when its own tiles do not prove its ends; whatever the store throws.
 */
export async function keepRemains(store: ShardStore, { name, begin, head, proofs }: Shard): Promise<void> {
  const resources = await makeRemains(proofs, head, begin > 0);
  const storage = await store.write(name);
  try {
    // The closing proof makes the shard a dropped one, and comes last.
    for (const path of REMAINS_PATHS.toReversed()) {
      const own = resources.filter((each) => each.path === path);
      await storage.commit({ resources: own, checkpoints: [], superseded: [] });
    }
  } catch (cause) {
    throw new TransparencyLogError('commit-failed', { size: head.size }, { cause });
  } finally {
    await storage.close();
  }
}
