// C2SP tlog-tiles (https://c2sp.org/tlog-tiles): the hashes of complete subtrees, read from tiles.
import { TransparencyLogError } from '../failure.js';
import { type LogReader } from '../log/storage.js';
import { HASH_BYTES, type Hash, nodeHash } from '../merkle/hash.js';
import { type HashesOf } from '../merkle/prove.js';
import { type Subtree } from '../merkle/subtree.js';
import { entriesPath, type Tile, TILE_HEIGHT, TILE_WIDTH, tileIn, tilePath } from './tile-path.js';

/** A resource that was asked for in its partial form, and whether the full one had to stand in for it. */
export interface Fetched {
  readonly bytes: Uint8Array;
  readonly whole: boolean;
}

/**
 * Reads a tile or bundle, falling back from a partial one to the full one that has superseded it.
 *
 * @throws TransparencyLogError `resource-missing`, naming the path that the checkpoint requires.
 */
export async function fetchTile(reader: LogReader, path: string, fullPath: string): Promise<Fetched> {
  const exact = await reader.read(path);
  if (exact !== undefined) return { bytes: exact, whole: true };
  const full = path === fullPath ? undefined : await reader.read(fullPath);
  if (full === undefined) throw new TransparencyLogError('resource-missing', { resource: path });
  return { bytes: full, whole: false };
}

/** The hashes of one tile, exactly as many as it is wide. */
export async function readTile(reader: LogReader, tile: Tile): Promise<Uint8Array> {
  const path = tilePath(tile);
  const { bytes, whole } = await fetchTile(reader, path, tilePath({ ...tile, width: TILE_WIDTH }));
  const length = tile.width * HASH_BYTES;
  if (whole ? bytes.length !== length : bytes.length !== TILE_WIDTH * HASH_BYTES) {
    throw new TransparencyLogError('tile-malformed', { resource: path });
  }
  return bytes.subarray(0, length);
}

/** The bytes of one entry bundle; see {@link Fetched} for how many entries to expect in them. */
export function readBundle(reader: LogReader, bundle: Omit<Tile, 'level'>): Promise<Fetched> {
  return fetchTile(reader, entriesPath(bundle), entriesPath({ ...bundle, width: TILE_WIDTH }));
}

/**
 * Looks up subtree hashes in the tiles of a tree of `size` entries.
 *
 * A tile only grows, so up to `maxTiles` of them are kept, each in the widest version that was read, the least recently
 * used given up first, with the hashes between its rows (16 KiB a tile). The hashes are as untrusted as the reader:
 * verify what is made of them.
 */
export function tileHashes(reader: LogReader, maxTiles = 512): (size: number) => HashesOf {
  const tiles = new Map<string, KeptTile>();

  const rowsOf = (tile: Tile): KeptTile['rows'] => {
    const path = tilePath({ ...tile, width: TILE_WIDTH });
    const known = tiles.get(path);
    const isWideEnough = known !== undefined && known.width >= tile.width;
    const kept = isWideEnough ? known : { width: tile.width, rows: readTile(reader, tile).then(rowsAbove) };
    const { rows } = kept;
    tiles.delete(path);
    tiles.set(path, kept);
    rows.catch(() => tiles.get(path) === kept && tiles.delete(path));
    for (const oldest of tiles.keys()) {
      if (tiles.size <= maxTiles) break;
      tiles.delete(oldest);
    }
    return rows;
  };

  return (size) => (subtrees) =>
    Promise.all(
      subtrees.map(async (subtree) => {
        const { tile, row, at } = locate(subtree, size);
        const hashes = (await rowsOf(tile))[row];
        return (hashes as Uint8Array).subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);
      }),
    );
}

/** A tile's hashes, and those that they make above them; a wider version begins with the hashes of a narrower one. */
interface KeptTile {
  readonly width: number;
  readonly rows: Promise<readonly Uint8Array[]>;
}

/** The tile in which a subtree's hash stands (`row` 0) or can be computed (`row` binary levels above), and where in it. */
export function locate({ level, index }: Subtree, size: number): { tile: Tile; row: number; at: number } {
  const row = level % TILE_HEIGHT;
  const perTile = 2 ** (TILE_HEIGHT - row);
  const tile = tileIn(size, (level - row) / TILE_HEIGHT, Math.floor(index / perTile));
  const at = index % perTile;
  if (tile === undefined || (at + 1) * 2 ** row > tile.width) {
    throw new RangeError(`no complete subtree ${index} at level ${level} in a tree of ${size}`);
  }
  return { tile, row, at };
}

/** A tile's hashes, then the hashes of its pairs, and so on up to where fewer than two are left. */
function rowsAbove(hashes: Uint8Array): readonly Uint8Array[] {
  const rows = [hashes];
  for (let row = hashes; row.length >= 2 * HASH_BYTES; row = rows.at(-1) as Uint8Array) {
    const pairs = Math.floor(row.length / (2 * HASH_BYTES));
    const above = new Uint8Array(pairs * HASH_BYTES);
    for (let pair = 0; pair < pairs; pair += 1) {
      const at = pair * 2 * HASH_BYTES;
      above.set(
        nodeHash(row.subarray(at, at + HASH_BYTES), row.subarray(at + HASH_BYTES, at + 2 * HASH_BYTES)),
        pair * HASH_BYTES,
      );
    }
    rows.push(above);
  }
  return rows;
}

/** Copies of the hashes in a tile's bytes. */
export function hashesIn(tile: Uint8Array): readonly Hash[] {
  return Array.from({ length: tile.length / HASH_BYTES }, (_, at) =>
    tile.slice(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}
