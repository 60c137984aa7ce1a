import { isShardName } from '@hie/transparency-log';
import { z } from 'zod';

/** Where the public log says which shards there are, below its URL. */
export const SHARDS_PATH = 'shards';

/** What it says. A hint: what a shard is, its own files and the hand-overs prove. */
export const shardListSchema = z.object({
  origin: z.string(),
  shards: z.array(
    z.object({
      name: z.string().refine(isShardName),
      origin: z.string(),
      /** Position of its first entry among those of all shards. */
      begin: z.int().min(0),
      /** Entries up to its newest head. */
      size: z.int().min(0),
      /** Whether it ends with its closing entry, and its published checkpoint is its last. */
      isClosed: z.boolean(),
      /** Whether its entries were dropped under retention: its checkpoint and its two ends are all there is. */
      isDropped: z.boolean().default(false),
    }),
  ),
});

export type ShardList = z.infer<typeof shardListSchema>;
