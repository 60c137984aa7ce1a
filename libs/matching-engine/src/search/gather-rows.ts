import { createIndexKeyList, type IndexKeyList, looseRules, splitRules, writeIndexKeys } from '../index/index-keys.js';
import { keyRules } from '../index/key-rules.js';
import { blockLength, longBlock, type Postings, readBlocks, walkBlock } from '../index/postings.js';
import { type RecordStore } from '../index/record-store.js';
import { column, flag, rowInts } from '../index/row-layout.js';

/** What gathering works with; reused from search to search, so that a search allocates next to nothing. */
export interface Gatherer {
  readonly keys: IndexKeyList;
  /** Blocks to read of one version: length · 256 + number of the key. */
  readonly blocks: Uint32Array;
  readonly hashes: Uint32Array;
  /** Rows posted in the blocks read, then the records they belong to. */
  rows: Uint32Array;
  /** Last search that met a record, by row. */
  seen: Uint32Array;
  searches: number;
}

export interface GatheredRows {
  /** Distinct records, the first so many of `Gatherer.rows`. */
  readonly count: number;
  /** Whether every block was read that had to be. */
  readonly complete: boolean;
}

/**
 * The longest block of a loose rule worth reading: the rows of a longer one also stand in blocks of other rules. Measured at a million
 * records (ADR 0110): blocks of up to sixty find no more, and cost two fifths more of processor time.
 */
const looseBlock = 30;

/** Keys of one version that a search asks for at most: the rest, of somebody with hundreds of identifiers, leave it incomplete. */
const mostKeys = 255;

export const createGatherer = (): Gatherer => ({
  keys: createIndexKeyList(),
  blocks: new Uint32Array(256),
  hashes: new Uint32Array(256),
  rows: new Uint32Array(4096),
  seen: new Uint32Array(1024),
  searches: 0,
});

/**
 * Gathers the records that share a block with any version of a row, at most `maxEntries` index entries of them, the shortest blocks
 * first. Memory is read in batches (lengths, heads, links in step, rows) rather than block by block: nothing of it is in a cache when
 * an index is large, and reads of one batch do not wait for each other.
 *
 * @param byRules names of the rules to ask by alone, to measure what each finds.
 */
export function gatherRows(
  gatherer: Gatherer,
  store: RecordStore,
  postings: Postings,
  row: number,
  maxEntries: number,
  except: number,
  byRules?: readonly string[],
): GatheredRows {
  const isAsked =
    byRules === undefined ? undefined : Uint8Array.from(keyRules, ({ name }) => Number(byRules.includes(name)));
  let left = maxEntries;
  let posted = 0;
  let complete = true;
  for (let version = row; version !== 0; version = store.rows[version * rowInts + column.nextVersion] as number) {
    const chosen = chooseBlocks(gatherer, store, postings, version, isAsked);
    if (gatherer.keys.count > mostKeys) complete = false;
    let entries = 0;
    for (let i = 0; i < chosen; i++) entries += (gatherer.blocks[i] as number) >>> 8;
    // Only when entries may run short does it matter which block comes first; most searches are spared the sorting.
    if (entries > left || hasLongBlock(gatherer, chosen)) gatherer.blocks.subarray(0, chosen).sort();
    let short = 0;
    for (let i = 0; i < chosen; i++) {
      const length = (gatherer.blocks[i] as number) >>> 8;
      const key = (gatherer.blocks[i] as number) & 255;
      const hash = gatherer.keys.hashes[key] as number;
      if (length < longBlock && length <= left) {
        gatherer.hashes[short++] = hash;
        left -= length;
        continue;
      }
      const before = posted;
      const isRead =
        left > 0 &&
        walkBlock(postings, hash, left, (found) => {
          if (posted === gatherer.rows.length) fit(gatherer, posted + 1);
          gatherer.rows[posted++] = found;
        });
      left -= Math.max(length, posted - before);
      if (!isRead && looseRules[gatherer.keys.rules[key] as number] === 0) complete = false;
    }
    fit(gatherer, posted + entries);
    posted = readBlocks(postings, gatherer.hashes, short, gatherer.rows, posted);
  }
  return { count: distinctRecords(gatherer, store, posted, except), complete };
}

/** Writes the blocks of a version that are worth reading to `blocks`: not empty, and as short as their rule wants them. Returns how many. */
function chooseBlocks(
  { keys, blocks }: Gatherer,
  store: RecordStore,
  postings: Postings,
  version: number,
  isAsked: Uint8Array | undefined,
): number {
  writeIndexKeys(store, version, keys);
  let chosen = 0;
  for (let i = 0; i < Math.min(keys.count, mostKeys); i++) {
    const rule = keys.rules[i] as number;
    if (isAsked?.[rule] === 0) continue;
    const length = blockLength(postings, keys.hashes[i] as number);
    if (length === 0 || (length > looseBlock && looseRules[rule] === 1)) continue;
    if (length === longBlock && splitRules[rule] === 1) continue;
    blocks[chosen++] = (length << 8) | i;
  }
  return chosen;
}

function hasLongBlock({ blocks }: Gatherer, count: number): boolean {
  for (let i = 0; i < count; i++) if ((blocks[i] as number) >>> 8 === longBlock) return true;
  return false;
}

function fit(gatherer: Gatherer, length: number): void {
  if (length <= gatherer.rows.length) return;
  const larger = new Uint32Array(Math.ceil(length * 1.5));
  larger.set(gatherer.rows);
  gatherer.rows = larger;
}

/** Replaces posted rows by the records they are versions of, each once, without those that are gone. */
function distinctRecords(gatherer: Gatherer, { rows, size }: RecordStore, posted: number, except: number): number {
  const found = gatherer.rows;
  for (let i = 0; i < posted; i++) found[i] = rows[(found[i] as number) * rowInts + column.owner] as number;
  if (gatherer.seen.length < size) gatherer.seen = new Uint32Array(Math.ceil(size * 1.3));
  const { seen } = gatherer;
  const search = ++gatherer.searches;
  let count = 0;
  for (let i = 0; i < posted; i++) {
    const record = found[i] as number;
    if (seen[record] === search || record === except) continue;
    seen[record] = search;
    if (((rows[record * rowInts + column.flags] as number) & flag.gone) === 0) found[count++] = record;
  }
  return count;
}
