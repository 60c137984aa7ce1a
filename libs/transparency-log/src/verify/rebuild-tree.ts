// RFC 6962 section 2.1 and C2SP tlog-tiles (https://c2sp.org/tlog-tiles): a tree made anew, and where its tiles disagree.
import { emptyFrontier, type Frontier, growFrontier, rootOf } from '../merkle/frontier.js';
import { HASH_BYTES, type Hash, leafHash, sameBytes } from '../merkle/hash.js';
import { type Range } from '../merkle/subtree.js';
import { type Tile, TILE_HEIGHT, TILE_WIDTH } from '../tiles/tile-path.js';
import { hashesIn } from '../tiles/tile-store.js';

/** Where a tile first differs from the tree made of the entries. */
export interface TileMismatch {
  readonly tile: Tile;
  /** The entries below the first hash that differs; a single one in a leaf tile. */
  readonly entries: Range;
}

/** What a log's entries and tiles amount to. */
export interface Rebuilt {
  /** The tree of the entries. */
  readonly ofEntries: Frontier;
  /** The tree of the hashes in the leaf tiles: the same value where these are the entries' hashes. */
  readonly ofTiles: Frontier;
  /** The roots that the tree of the entries had at the sizes asked for. */
  readonly roots: ReadonlyMap<number, Hash>;
  readonly entryBytes: number;
  readonly tiles: number;
  readonly leafMismatch?: TileMismatch;
  readonly upperMismatch?: TileMismatch;
}

export interface TreeRebuilding {
  /** Takes the next bundle's entries with the leaf tile beside it, from left to right. */
  addBundle(tile: Tile, entries: readonly Uint8Array[], hashes: Uint8Array): void;
  /** Takes the tiles above, from left to right and from level 1 up, once all bundles have been added. */
  checkUpperTile(tile: Tile, hashes: Uint8Array): void;
  finish(): Rebuilt;
}

/** @param sizes the sizes at which the tree's root is to be kept, in any order. */
export function rebuildTree(sizes: readonly number[]): TreeRebuilding {
  const stops = [...new Set(sizes)].sort((a, b) => a - b);
  const roots = new Map<number, Hash>();
  /** The hashes that belong into the tiles of each level above 0. */
  const upper: Hash[][] = [];
  let ofEntries = emptyFrontier;
  let ofTiles = emptyFrontier;
  let entryBytes = 0;
  let tiles = 0;
  let leafMismatch: TileMismatch | undefined;
  let upperMismatch: TileMismatch | undefined;

  const keepRoot = (): void => {
    if (stops[0] !== ofEntries.size) return;
    roots.set(ofEntries.size, rootOf(ofEntries));
    stops.shift();
  };

  const grow = (leaves: readonly Hash[]): void => {
    for (let from = 0; from < leaves.length;) {
      const to = Math.min(leaves.length, from + (stops[0] ?? Infinity) - ofEntries.size);
      ofEntries = growFrontier(ofEntries, leaves.slice(from, to), (height, hash) => {
        if (height > 0 && height % TILE_HEIGHT === 0) (upper[height / TILE_HEIGHT] ??= []).push(hash);
      });
      keepRoot();
      from = to;
    }
  };

  keepRoot();
  return {
    addBundle: (tile, entries, hashes) => {
      const leaves = entries.map(leafHash);
      const mismatch = firstMismatch(tile, Buffer.concat(leaves), hashes);
      const together = ofTiles === ofEntries && mismatch === undefined;
      if (!together) ofTiles = growFrontier(ofTiles, hashesIn(hashes));
      grow(leaves);
      if (together) ofTiles = ofEntries;
      leafMismatch ??= mismatch;
      entryBytes += entries.reduce((sum, { length }) => sum + length, 0);
      tiles += 1;
    },
    checkUpperTile: (tile, hashes) => {
      const from = tile.index * TILE_WIDTH;
      const expected = upper[tile.level]?.slice(from, from + tile.width) ?? [];
      upperMismatch ??= firstMismatch(tile, Buffer.concat(expected), hashes);
      tiles += 1;
    },
    finish: () => ({
      ofEntries,
      ofTiles,
      roots,
      entryBytes,
      tiles,
      ...(leafMismatch && { leafMismatch }),
      ...(upperMismatch && { upperMismatch }),
    }),
  };
}

function firstMismatch(tile: Tile, expected: Uint8Array, hashes: Uint8Array): TileMismatch | undefined {
  if (sameBytes(expected, hashes)) return undefined;
  const differs = expected.findIndex((byte, at) => byte !== hashes[at]);
  const hash = tile.index * TILE_WIDTH + Math.floor(differs / HASH_BYTES);
  const span = TILE_WIDTH ** tile.level;
  return { tile, entries: { begin: hash * span, end: (hash + 1) * span } };
}
