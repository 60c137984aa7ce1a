// C2SP tlog-tiles (https://c2sp.org/tlog-tiles): which resources a growing tree adds to those that are there.
import { emptyFrontier, type Frontier, growFrontier } from '../merkle/frontier.js';
import { type Hash, leafHash } from '../merkle/hash.js';
import { encodeEntry } from '../tiles/entry-bundle.js';
import { entriesPath, partialsPath, TILE_HEIGHT, TILE_WIDTH, tilePath } from '../tiles/tile-path.js';
import { type StoredResource } from './storage.js';

/** The right edge of a tree and of its tiles: all that a writer keeps in memory. Values are never changed. */
export interface TreeTail {
  readonly frontier: Frontier;
  /** For each tile level from 0 up, the hashes in its rightmost tile while that is partial; empty otherwise. */
  readonly tiles: readonly (readonly Hash[])[];
  /** The encoded entries of the rightmost bundle while that is partial. */
  readonly bundle: readonly Uint8Array[];
}

export const emptyTail: TreeTail = { frontier: emptyFrontier, tiles: [], bundle: [] };

/** A tree with more entries, and what has to be stored before a checkpoint may say so. */
export interface Growth {
  readonly tail: TreeTail;
  /** In the order of the entries. */
  readonly leafHashes: readonly Hash[];
  readonly resources: readonly StoredResource[];
  /** Folders of stored partial versions of what is now stored in full. */
  readonly superseded: readonly string[];
}

/**
 * Appends entries to a tree.
 *
 * Writes each tile and bundle once: in full where these entries complete it, as the one partial version that the new
 * size requires where they do not, and not at all where they do not touch it.
 *
 * @throws TransparencyLogError `entry-too-large`.
 */
export function growTree(tail: TreeTail, entries: readonly Uint8Array[]): Growth {
  const leafHashes = entries.map(leafHash);
  const resources: StoredResource[] = [];
  const superseded: string[] = [];

  const store = (path: (index: number, width: number) => string, end: number, stored: number, parts: Uint8Array[]) => {
    const index = Math.ceil(end / TILE_WIDTH) - 1;
    resources.push({ path: path(index, parts.length), bytes: Buffer.concat(parts) });
    if (parts.length === TILE_WIDTH && stored > 0) superseded.push(partialsPath(path(index, TILE_WIDTH)));
  };

  const bundles = fillRows(tail.bundle, tail.frontier.size);
  for (const entry of entries) bundles.push(encodeEntry(entry), (...row) => store(bundlePath, ...row));
  bundles.flush((...row) => store(bundlePath, ...row));

  const levels = tail.tiles.map((hashes, level) => fillRows(hashes, tailEnd(tail, level)));
  const frontier = growFrontier(tail.frontier, leafHashes, (height, hash) => {
    if (height % TILE_HEIGHT !== 0) return;
    const level = height / TILE_HEIGHT;
    const tiles = (levels[level] ??= fillRows<Hash>([], 0));
    tiles.push(hash, (...row) => store(pathAt(level), ...row));
  });
  levels.forEach((tiles, level) => tiles.flush((...row) => store(pathAt(level), ...row)));

  return {
    tail: { frontier, tiles: levels.map(({ row }) => row()), bundle: bundles.row() },
    leafHashes,
    resources,
    superseded,
  };
}

type StoreRow = (end: number, stored: number, parts: Uint8Array[]) => void;

/**
 * Cuts a growing sequence into rows of 256. `end` counts all that the sequence has ever held; `stored` says how many of
 * the parts an earlier commit has already stored in a partial version.
 */
function fillRows<Part extends Uint8Array>(partial: readonly Part[], sequenceEnd: number) {
  let row: Part[] = [...partial];
  let stored = partial.length;
  let end = sequenceEnd;
  return {
    push: (part: Part, store: StoreRow) => {
      row.push(part);
      end += 1;
      if (row.length < TILE_WIDTH) return;
      store(end, stored, row);
      row = [];
      stored = 0;
    },
    flush: (store: StoreRow) => {
      if (row.length > stored) store(end, stored, row);
    },
    row: () => row,
  };
}

function tailEnd({ frontier }: TreeTail, level: number): number {
  return Math.floor(frontier.size / TILE_WIDTH ** level);
}

function bundlePath(index: number, width: number): string {
  return entriesPath({ index, width });
}

function pathAt(level: number): (index: number, width: number) => string {
  return (index, width) => tilePath({ level, index, width });
}
