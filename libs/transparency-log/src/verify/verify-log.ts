// RFC 6962 section 2.1 over C2SP tlog-tiles (https://c2sp.org/tlog-tiles): every byte of a log held against its checkpoint.
import { TransparencyLogError } from '../failure.js';
import { type LogReader } from '../log/storage.js';
import { type TreeHead } from '../merkle/consistency-proof.js';
import { openCheckpoint, type OpenCheckpoint, type Trust } from '../notes/open-checkpoint.js';
import { leafHash, sameBytes } from '../merkle/hash.js';
import { decodeBundle, leadingEntries } from '../tiles/entry-bundle.js';
import { CHECKPOINT_PATH, entriesPath, levelLength, type Tile, TILE_WIDTH, tileIn } from '../tiles/tile-path.js';
import { hashesIn, readBundle, readTile } from '../tiles/tile-store.js';
import { findFault } from './find-fault.js';
import { type LogFault, type LogVerdict } from './log-verdict.js';
import { readAhead } from '../log/read-ahead.js';
import { type Rebuilt, rebuildTree } from './rebuild-tree.js';

export interface VerifyOptions {
  /** Heads from checkpoints of this log that the verifier kept and has opened, in any order. */
  readonly older?: readonly TreeHead[];
  /** How many tiles, each with its bundle, to fetch at once. 16 when absent. */
  readonly parallel?: number;
  /** Told how many entries have been read so far, after each bundle. */
  readonly onProgress?: (entries: number) => void;
  /** Told of each entry in order. Only a `verified` verdict afterwards makes it an entry of the log. */
  readonly onEntry?: (index: number, entry: Uint8Array) => void;
}

/**
 * Verifies a whole log: the signatures on its checkpoint, every entry and every tile against the signed root, and that it
 * continues each older checkpoint.
 *
 * The tree is rebuilt from the entries. A root equal to the signed one shows, by the collision resistance of SHA-256, that
 * the entries are exactly those that the log signed, in their order: the same as an inclusion proof for each. The root
 * that the rebuilt tree had at each older size is held against the older checkpoint, which shows what a consistency proof
 * shows, and trusts no tile for it.
 *
 * Finding nothing wrong says nothing about what was never appended, nor about a log that its operator and a quorum of its
 * witnesses rewrote after the newest checkpoint that the caller holds.
 *
 * @throws whatever the reader throws when it cannot say whether a resource is there. All else is in the verdict.
 */
export async function verifyLog(reader: LogReader, trust: Trust, options: VerifyOptions = {}): Promise<LogVerdict> {
  const { older = [] } = options;
  let checkpoint: OpenCheckpoint | undefined;
  const tampered = (fault: LogFault): LogVerdict => ({ kind: 'tampered', fault, ...(checkpoint && { checkpoint }) });
  try {
    const raw = await reader.read(CHECKPOINT_PATH);
    if (raw === undefined) return tampered({ reason: 'checkpoint-missing' });
    checkpoint = openCheckpoint(raw, trust);
    const { size } = checkpoint;
    const longest = Math.max(...older.map((held) => held.size), size);
    if (longest > size) return tampered({ reason: 'log-shrank', size: longest });

    const rebuilt = await rebuild(reader, size, options);
    const fault = findFault(rebuilt, checkpoint, older);
    if (fault !== undefined) return tampered(fault);
    const { entryBytes, tiles } = rebuilt;
    return { kind: 'verified', checkpoint, entryBytes, tiles, consistentWith: older.map((held) => held.size) };
  } catch (failure) {
    if (!(failure instanceof TransparencyLogError)) throw failure;
    return tampered({ reason: failure.code, ...failure.place });
  }
}

async function rebuild(reader: LogReader, size: number, options: VerifyOptions): Promise<Rebuilt> {
  const { older = [], parallel = 16, onProgress, onEntry } = options;
  const tree = rebuildTree(older.map((held) => held.size));

  const withBundle = async (tile: Tile) => {
    const [entries, hashes] = await Promise.all([readEntries(reader, tile), readTile(reader, tile)]);
    return { tile, entries, hashes };
  };
  const alone = async (tile: Tile) => ({ tile, hashes: await readTile(reader, tile) });

  for await (const { tile, entries, hashes } of readLevel(size, 0, parallel, withBundle)) {
    const begin = tile.index * TILE_WIDTH;
    if (onEntry !== undefined) entries.forEach((entry, at) => onEntry(begin + at, entry));
    tree.addBundle(tile, entries, hashes);
    onProgress?.(begin + entries.length);
  }
  for (let level = 1; levelLength(level, size) > 0; level += 1) {
    for await (const { tile, hashes } of readLevel(size, level, parallel, alone)) tree.checkUpperTile(tile, hashes);
  }
  return tree.finish();
}

/** The tiles of one level, from left to right, each as `read` gives it. */
function readLevel<Read>(size: number, level: number, parallel: number, read: (tile: Tile) => Promise<Read>) {
  const count = Math.ceil(levelLength(level, size) / TILE_WIDTH);
  return readAhead(count, parallel, (index) => read(tileIn(size, level, index) as Tile));
}

async function readEntries(reader: LogReader, tile: Tile): Promise<readonly Uint8Array[]> {
  const begin = tile.index * TILE_WIDTH;
  let bundle: Awaited<ReturnType<typeof readBundle>> | undefined;
  try {
    bundle = await readBundle(reader, tile);
    return decodeBundle(bundle.bytes, tile.width, bundle.whole);
  } catch (cause) {
    if (!(cause instanceof TransparencyLogError)) throw cause;
    const place = { resource: entriesPath(tile), entries: { begin, end: begin + tile.width } };
    const differs = bundle && firstDiffering(bundle.bytes, await readTile(reader, tile));
    const index = differs === undefined ? {} : { index: begin + differs };
    throw new TransparencyLogError(cause.code, { ...place, ...index }, { cause });
  }
}

/** Where a bundle that is malformed leaves what its tile says: the entry that was taken out, put in, or cut. */
function firstDiffering(bundle: Uint8Array, hashes: Uint8Array): number | undefined {
  const expected = hashesIn(hashes);
  const entries = leadingEntries(bundle, expected.length);
  const differs = expected.findIndex((hash, at) => {
    const entry = entries[at];
    return entry === undefined || !sameBytes(leafHash(entry), hash);
  });
  return differs < 0 ? undefined : differs;
}
