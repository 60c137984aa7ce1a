// RFC 6962 sections 2.1.1 and 2.1.2, from the tiles of C2SP tlog-tiles (https://c2sp.org/tlog-tiles).
import { TransparencyLogError } from '../failure.js';
import { isConsistent, type TreeHead } from '../merkle/consistency-proof.js';
import { emptyRoot, type Hash, leafHash } from '../merkle/hash.js';
import { isIncluded } from '../merkle/inclusion-proof.js';
import { proveConsistency, proveInclusion } from '../merkle/prove.js';
import { proveRun } from '../merkle/range-proof.js';
import { type Range, foldSubtrees, subtreesOf } from '../merkle/subtree.js';
import { type OpenCheckpoint } from '../notes/open-checkpoint.js';
import { formatProofFile } from '../notes/proof-file.js';
import { decodeBundle } from '../tiles/entry-bundle.js';
import { TILE_WIDTH, tileIn } from '../tiles/tile-path.js';
import { readBundle, tileHashes } from '../tiles/tile-store.js';
import { readAhead } from './read-ahead.js';
import { type LogReader } from './storage.js';

/**
 * Proofs and entries of a log, from nothing but its static resources: what a read replica, a member or an auditor needs.
 *
 * Each proof is checked against the head it is made for before it is handed out, so damaged tiles show here, as
 * `inclusion-unproven` or `consistency-unproven`, and not at whoever receives the proof.
 */
export interface LogProofs {
  /** @throws TransparencyLogError `index-outside-log` unless `index < head.size`. */
  inclusion(index: number, head: TreeHead): Promise<readonly Hash[]>;
  /** @throws TransparencyLogError `consistency-unproven` also when `older` is the larger tree. */
  consistency(older: TreeHead, newer: TreeHead): Promise<readonly Hash[]>;
  /**
   * The tree of the first `size` entries of `head`'s: what a witness that names only a size is asked to go on from.
   *
   * @throws TransparencyLogError `index-outside-log` when `size > head.size`; `consistency-unproven`.
   */
  headAt(size: number, head: TreeHead): Promise<TreeHead>;
  /** The content of a `.tlog-proof` file for the entry at `index`. */
  proofFile(index: number, checkpoint: OpenCheckpoint, extra?: Uint8Array): Promise<string>;
  /** The entry at `index`, proven to be in the tree. */
  entry(index: number, head: TreeHead): Promise<Uint8Array>;
  /** The hashes of everything beside a run of entries: with the entries they make the head's root. See `rootOfRun`. */
  run(run: Range, head: TreeHead): Promise<readonly Hash[]>;
  /** The entries of a range that lies in the tree, in order, and not proven one by one. */
  entries(begin: number, end: number, head: TreeHead): AsyncGenerator<IndexedEntry>;
}

export interface IndexedEntry {
  readonly index: number;
  readonly entry: Uint8Array;
}

/** How many bundles are fetched at once when entries are read in order. */
const BUNDLES_AHEAD = 4;

/** @param maxTiles how many tiles to keep in memory, at 16 KiB each. */
export function logProofs(reader: LogReader, maxTiles?: number): LogProofs {
  const hashesAt = tileHashes(reader, maxTiles);

  const bundleOf = async (index: number, { size }: TreeHead): Promise<readonly Uint8Array[]> => {
    const bundle = tileIn(size, 0, Math.floor(index / TILE_WIDTH));
    if (bundle === undefined) throw new TransparencyLogError('index-outside-log', { index, size });
    const { bytes, whole } = await readBundle(reader, bundle);
    return decodeBundle(bytes, bundle.width, whole);
  };

  const proofs: LogProofs = {
    async inclusion(index, head) {
      assertWithin(index, head);
      const hashes = hashesAt(head.size);
      const [path, [leaf]] = await Promise.all([
        proveInclusion(hashes, index, head.size),
        hashes([{ level: 0, index }]),
      ]);
      assertIncluded(index, leaf as Hash, head, path);
      return path;
    },

    async consistency(older, newer) {
      if (older.size <= newer.size) {
        const proof = await proveConsistency(hashesAt(newer.size), older.size, newer.size);
        if (isConsistent(older, newer, proof)) return proof;
      }
      throw new TransparencyLogError('consistency-unproven', { size: older.size });
    },

    async headAt(size, head) {
      if (size > head.size) throw new TransparencyLogError('index-outside-log', { index: size - 1, size: head.size });
      if (size === 0) return { size, root: emptyRoot };
      const older = { size, root: foldSubtrees(await hashesAt(head.size)(subtreesOf({ begin: 0, end: size }))) };
      await proofs.consistency(older, head);
      return older;
    },

    async proofFile(index, checkpoint, extra) {
      const path = await proofs.inclusion(index, checkpoint);
      return formatProofFile({ index, path, checkpoint: checkpoint.raw, ...(extra && { extra }) });
    },

    async entry(index, head) {
      assertWithin(index, head);
      const [path, bundle] = await Promise.all([
        proveInclusion(hashesAt(head.size), index, head.size),
        bundleOf(index, head),
      ]);
      const entry = bundle[index % TILE_WIDTH] as Uint8Array;
      assertIncluded(index, leafHash(entry), head, path);
      return entry;
    },

    async run(run, head) {
      if (!(run.begin < run.end && run.end <= head.size)) {
        throw new TransparencyLogError('index-outside-log', { index: run.end - 1, size: head.size });
      }
      return proveRun(hashesAt(head.size), run, head.size);
    },

    async *entries(begin, end, head) {
      if (end > head.size) throw new TransparencyLogError('index-outside-log', { index: end - 1, size: head.size });
      const first = Math.floor(begin / TILE_WIDTH);
      const bundles = Math.max(0, Math.ceil(end / TILE_WIDTH) - first);
      let index = begin;
      for await (const bundle of readAhead(bundles, BUNDLES_AHEAD, (at) => bundleOf((first + at) * TILE_WIDTH, head))) {
        const rest = bundle.slice(index % TILE_WIDTH);
        for (const entry of rest.slice(0, end - index)) yield { index: index++, entry };
      }
    },
  };
  return proofs;
}

function assertWithin(index: number, { size }: TreeHead): void {
  if (!(Number.isInteger(index) && index >= 0 && index < size)) {
    throw new TransparencyLogError('index-outside-log', { index, size });
  }
}

function assertIncluded(index: number, leaf: Hash, head: TreeHead, path: readonly Hash[]): void {
  if (isIncluded({ index, size: head.size, root: head.root, leafHash: leaf }, path)) return;
  throw new TransparencyLogError('inclusion-unproven', { index, size: head.size });
}
