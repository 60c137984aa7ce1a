// C2SP tlog-tiles, "Merkle Tree" and "Log entries" (https://c2sp.org/tlog-tiles).

/** Binary levels of the Merkle tree that one tile spans. */
export const TILE_HEIGHT = 8;

/** Hashes in a full tile, and entries in a full bundle. */
export const TILE_WIDTH = 256;

/** Where the newest published checkpoint is served. */
export const CHECKPOINT_PATH = 'checkpoint';

/** One tile: `width` consecutive hashes, each of a complete subtree of height `8 · level`, from the `index · 256`-th on. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** 1 to 256; a tile narrower than 256 is partial. */
  readonly width: number;
}

/** The path of a tile: `tile/<level>/<index>`, with `.p/<width>` where it is partial. */
export function tilePath({ level, index, width }: Tile): string {
  return `tile/${level}/${indexPath(index)}${partialSuffix(width)}`;
}

/** The path of the bundle that holds the entries whose leaf hashes are in the level 0 tile of the same index and width. */
export function entriesPath({ index, width }: Omit<Tile, 'level'>): string {
  return `tile/entries/${indexPath(index)}${partialSuffix(width)}`;
}

/** The folder of all partial versions of a tile or bundle; worthless once the full one is there. */
export function partialsPath(fullPath: string): string {
  return `${fullPath}.p`;
}

/** How many hashes the levels' tiles hold together in a tree of `size` entries: `floor(size / 256^level)`. */
export function levelLength(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** The tile of this level and index as it is in a tree of `size` entries; `undefined` where the tree has none. */
export function tileIn(size: number, level: number, index: number): Tile | undefined {
  const width = Math.min(TILE_WIDTH, levelLength(level, size) - index * TILE_WIDTH);
  return width > 0 ? { level, index, width } : undefined;
}

/** The rightmost tile of each level where it is partial: what changes when the tree of `size` entries grows. */
export function partialTiles(size: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; levelLength(level, size) > 0; level += 1) {
    const length = levelLength(level, size);
    const width = length % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: (length - width) / TILE_WIDTH, width });
  }
  return tiles;
}

function indexPath(index: number): string {
  const groups = [pad(index % 1000)];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${pad(rest % 1000)}`);
  return groups.join('/');
}

function pad(group: number): string {
  return String(group).padStart(3, '0');
}

function partialSuffix(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${width}`;
}
