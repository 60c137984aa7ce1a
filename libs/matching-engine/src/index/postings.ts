import { shared } from './dictionary.js';
import { type KeyList } from './key-parts.js';

/**
 * The block index: which rows have a key. A hash table of chains through one array with `slotsPerRow` entries a row, so an entry's
 * row is a division and needs no memory, and inserting or removing a row touches its own chains alone: no rebuild, ever.
 *
 * A link is one 32-bit word: the entry's number plus one, and above it as many bits of the key's hash as are free (seven at a million
 * rows, three at ten), which turn most false neighbours of a chain away before their row is read. Beside each chain's head stands its
 * length, exact to 254, so that a search takes the rarest keys first and leaves a long block without walking it.
 */
export interface Postings {
  readonly slotsPerRow: number;
  heads: Uint32Array;
  lengths: Uint8Array;
  links: Uint32Array;
  /** Chain of every entry is found through the key again; the low bits of a word are the entry. */
  entryBits: number;
  entries: number;
}

/**
 * The default number of keys stored for a row: what a full record has. Fewer lose recall (`bench:match` measures it by rule), more would
 * cost more than 350 bytes a record (ADR 0110).
 */
export const defaultSlotsPerRow = 32;

export function createPostings(capacity: number, slotsPerRow: number): Postings {
  return {
    slotsPerRow,
    heads: shared(Uint32Array, headCount(capacity, slotsPerRow)),
    lengths: shared(Uint8Array, headCount(capacity, slotsPerRow)),
    links: shared(Uint32Array, capacity * slotsPerRow),
    entryBits: Math.ceil(Math.log2(capacity * slotsPerRow + 2)),
    entries: 0,
  };
}

/** Whether a row fits; if not, the postings must be rebuilt larger (`createPostings` and every row again). */
export function hasRoom(postings: Postings, row: number): boolean {
  return (row + 1) * postings.slotsPerRow <= postings.links.length;
}

/** Enters keys of a row, from the `from`-th on as many as it has slots, up to the `to`-th. */
export function addPostings(postings: Postings, row: number, keys: KeyList, from = 0, to = keys.count): void {
  const { heads, lengths, links, entryBits, slotsPerRow } = postings;
  const count = Math.min(to - from, slotsPerRow);
  for (let i = 0; i < count; i++) {
    const hash = keys.hashes[from + i] as number;
    const bucket = hash & (heads.length - 1);
    const entry = row * slotsPerRow + i;
    links[entry] = heads[bucket] as number;
    heads[bucket] = (tagOf(hash, entryBits) | (entry + 1)) >>> 0;
    if ((lengths[bucket] as number) < 255) lengths[bucket] = (lengths[bucket] as number) + 1;
  }
  postings.entries += count;
}

/** Takes a row out again; `keys`, `from` and `to` must be those it was entered with. */
export function removePostings(postings: Postings, row: number, keys: KeyList, from = 0, to = keys.count): void {
  const { heads, lengths, links, entryBits, slotsPerRow } = postings;
  const entryMask = 2 ** entryBits - 1;
  const count = Math.min(to - from, slotsPerRow);
  for (let i = 0; i < count; i++) {
    const bucket = (keys.hashes[from + i] as number) & (heads.length - 1);
    const entry = row * slotsPerRow + i + 1;
    let before = 0;
    let word = heads[bucket] as number;
    while ((word & entryMask) >>> 0 !== entry) {
      if (word === 0)
        throw new RangeError('a row was taken out of the block index with other keys than it was entered with');
      before = (word & entryMask) >>> 0;
      word = links[before - 1] as number;
    }
    if (before === 0) heads[bucket] = links[entry - 1] as number;
    else links[before - 1] = links[entry - 1] as number;
    links[entry - 1] = 0;
    if ((lengths[bucket] as number) < 255) lengths[bucket] = (lengths[bucket] as number) - 1;
  }
  postings.entries -= count;
}

/** A length that stands for itself or more. */
export const longBlock = 255;

/** Length of the chain that a key is in: its block and the few false neighbours; `longBlock` stands for that many or more. */
export function blockLength({ heads, lengths }: Postings, hash: number): number {
  return lengths[hash & (heads.length - 1)] as number;
}

/**
 * Calls `visit` with every row of a key's block, and a few rows that share its chain and the bits kept of its hash.
 *
 * @returns false when `limit` entries were walked and the chain went on: the block was cut short.
 */
export function walkBlock(postings: Postings, hash: number, limit: number, visit: (row: number) => void): boolean {
  const { heads, links, entryBits, slotsPerRow } = postings;
  const entryMask = 2 ** entryBits - 1;
  const tag = tagOf(hash, entryBits) >>> 0;
  let word = heads[hash & (heads.length - 1)] as number;
  for (let walked = 0; word !== 0; walked++) {
    if (walked === limit) return false;
    const entry = ((word & entryMask) >>> 0) - 1;
    if ((word & ~entryMask) >>> 0 === tag) visit((entry / slotsPerRow) | 0);
    word = links[entry] as number;
  }
  return true;
}

/** Entries walked in step by `readBlocks`, one for each block. */
const steps = new Uint32Array(256);
const stepTags = new Uint32Array(256);

/**
 * Writes the rows of up to 256 blocks to `out` from `at`, and where they end. The chains are walked in step, one link of each in turn:
 * each link is a read from memory that no cache holds, and reads that do not wait for each other go out together. Rows stand there once
 * for each block they are in.
 *
 * @param hashes keys whose chains are at most 254 entries long (`blockLength`); `out` must hold that many for each.
 */
export function readBlocks(
  postings: Postings,
  hashes: Uint32Array,
  count: number,
  out: Uint32Array,
  at: number,
): number {
  const { heads, links, entryBits, slotsPerRow } = postings;
  const entryMask = 2 ** entryBits - 1;
  const headMask = heads.length - 1;
  let open = 0;
  for (let i = 0; i < count; i++) {
    const hash = hashes[i] as number;
    steps[open] = heads[hash & headMask] as number;
    stepTags[open++] = tagOf(hash, entryBits);
  }
  while (open > 0) {
    let kept = 0;
    for (let i = 0; i < open; i++) {
      const word = steps[i] as number;
      const tag = stepTags[i] as number;
      if (word === 0) continue;
      const entry = ((word & entryMask) >>> 0) - 1;
      if ((word & ~entryMask) >>> 0 === tag) out[at++] = (entry / slotsPerRow) | 0;
      steps[kept] = links[entry] as number;
      stepTags[kept++] = tag;
    }
    open = kept;
  }
  return at;
}

function tagOf(hash: number, entryBits: number): number {
  return entryBits >= 32 ? 0 : (hash >>> entryBits) << entryBits;
}

function headCount(capacity: number, slotsPerRow: number): number {
  return 2 ** Math.max(10, Math.round(Math.log2(capacity * slotsPerRow * 0.55)));
}
