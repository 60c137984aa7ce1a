// C2SP tlog-tiles, "Partial Tiles" (https://c2sp.org/tlog-tiles#partial-tiles): a checkpoint's right edge is always there.
import { TransparencyLogError } from '../failure.js';
import { type TreeHead } from '../merkle/consistency-proof.js';
import { emptyFrontier, growFrontier, rootOf } from '../merkle/frontier.js';
import { type Hash, leafHash, sameBytes } from '../merkle/hash.js';
import { decodeBundle, encodeEntry } from '../tiles/entry-bundle.js';
import { levelLength, partialTiles, TILE_WIDTH } from '../tiles/tile-path.js';
import { hashesIn, readBundle, readTile } from '../tiles/tile-store.js';
import { type TreeTail } from './grow-tree.js';
import { type LogReader } from './storage.js';

/**
 * Rebuilds what a writer must know of a tree from the storage: a few partial tiles and one bundle, however large the
 * tree is.
 *
 * Everything read is held against the checkpoint: the tiles must give its root, the entries the tiles' leaf hashes.
 *
 * @throws TransparencyLogError `tail-differs`, `resource-missing`, `tile-malformed`, `bundle-malformed`: the storage is
 *   not what was committed, and must be restored before anything is appended to it.
 */
export async function recoverTail(reader: LogReader, { size, root }: TreeHead): Promise<TreeTail> {
  const tiles: (readonly Hash[])[] = [];
  for (let level = 0; levelLength(level, size) > 0; level += 1) tiles.push([]);
  await Promise.all(
    partialTiles(size).map(async (tile) => {
      tiles[tile.level] = hashesIn(await readTile(reader, tile));
    }),
  );
  const subtrees = [...tiles].reverse().flatMap((hashes) => growFrontier(emptyFrontier, hashes).subtrees);
  const frontier = { size, subtrees };
  if (!sameBytes(rootOf(frontier), root)) throw new TransparencyLogError('tail-differs', { size });

  const entries = await readTailEntries(reader, size);
  const [leaves = []] = tiles;
  entries.forEach((entry, at) => {
    if (sameBytes(leafHash(entry), leaves[at] as Hash)) return;
    throw new TransparencyLogError('tail-differs', { size, index: size - entries.length + at });
  });
  return { frontier, tiles, bundle: entries.map(encodeEntry) };
}

async function readTailEntries(reader: LogReader, size: number): Promise<readonly Uint8Array[]> {
  const width = size % TILE_WIDTH;
  if (width === 0) return [];
  const { bytes, whole } = await readBundle(reader, { index: (size - width) / TILE_WIDTH, width });
  return decodeBundle(bytes, width, whole);
}
