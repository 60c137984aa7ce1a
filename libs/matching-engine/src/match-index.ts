import { type Comparer } from './compare/compare-rows.js';
import { type ExtraField, fieldDefinitions } from './compare/fields.js';
import { createSimilarityMemo } from './compare/name-similarity.js';
import { createIndexKeyList, type IndexKeyList, indexRules, keptKeys, writeIndexKeys } from './index/index-keys.js';
import { type KeyRule } from './index/key-rules.js';
import {
  addPostings,
  createPostings,
  defaultSlotsPerRow,
  hasRoom,
  type Postings,
  removePostings,
} from './index/postings.js';
import {
  countRow,
  createRecordStore,
  freeIdentifiers,
  type RecordStore,
  takeRow,
  versionsOf,
  writeRow,
} from './index/record-store.js';
import { column, firstRow, flag, rowInts } from './index/row-layout.js';
import { readSnapshot, writeSnapshot } from './index/snapshot.js';
import { defaultModel } from './model/default-model.js';
import { compileModel, type MatchModel } from './model/match-model.js';
import { createWeightBound } from './model/weight-bound.js';
import { type NormalisedRecord, normaliseRecord, type PatientRecord } from './normalise/normalise-record.js';
import {
  createSearcher,
  type Searcher,
  searchIndex,
  type SearchOptions,
  type SearchResult,
  searchStored,
} from './search/search-index.js';

export interface MatchIndexOptions {
  /** Records to make room for at once; more may come, at the cost of one copy when the room is used up. */
  readonly capacity?: number;
  /** The model to score with; `defaultModel` when not given. */
  readonly model?: MatchModel;
  /** Columns beyond demographics, compared as categories or as text. They must be in the model. */
  readonly extraFields?: readonly ExtraField[];
  /**
   * People of the region that records come from, whether the index knows them or not; 0, which is right for an index that knows
   * everybody. Without it a young index takes every coincidence for a match: it has not met the strangers yet.
   */
  readonly population?: number;
  /** Blocking keys stored for a record in one row; 32. A record with more that must not be left out takes a further row. */
  readonly slotsPerRow?: number;
}

/** A record as a source sends it, or read already (`normaliseRecord`): one that is searched for and then entered is read once. */
export type AnyRecord = PatientRecord | NormalisedRecord;

/**
 * An in-memory index of records, for one writer: insert, change and remove in place, search, save.
 *
 * A record is known by its row, a 32-bit number that the index hands out in ascending order and never gives to another record. Which
 * row belongs to which record of the outside, and to which person, is for the caller to keep.
 */
export interface MatchIndex {
  /** Enters a record and returns its row. */
  insert(record: AnyRecord): number;
  /** Replaces all values of a record; its row stays. @throws RangeError when the row holds no record. */
  update(row: number, record: AnyRecord): void;
  /** Removes a record for good; its row is not used again. @throws RangeError when the row holds no record. */
  tombstone(row: number): void;
  /** Finds the records that may be the same person as this one, which is not stored. */
  search(record: AnyRecord, options?: SearchOptions): SearchResult;
  /** Finds the records that may be the same person as a stored one, without itself. */
  searchStored(row: number, options?: SearchOptions): SearchResult;
  /** Scores with another model from now on. @throws RangeError when it is for other fields. */
  useModel(model: MatchModel): void;
  readonly model: MatchModel;
  /** The blocking rules that it keeps keys of, by name (`SearchOptions.byRules`). */
  readonly rules: readonly KeyRule[];
  /** Records in the index. */
  readonly size: number;
  /** Bytes held by rows, keys and dictionaries. */
  readonly byteLength: number;
  /** The whole index as consecutive pieces of one file; the pieces are views, valid until the next write. */
  snapshot(): Iterable<Uint8Array>;
}

/** Makes an empty index. */
export function createMatchIndex(options: MatchIndexOptions = {}): MatchIndex {
  const capacity = Math.max(16, options.capacity ?? 1024);
  const extras = options.extraFields ?? [];
  const store = createRecordStore(
    capacity,
    extras.map(({ name }) => name),
  );
  return openIndex(
    store,
    createPostings(capacity + firstRow, options.slotsPerRow ?? defaultSlotsPerRow),
    extras,
    options.model ?? defaultModel,
    options.population,
  );
}

/**
 * Opens an index from the pieces of a snapshot.
 *
 * @throws RangeError when the bytes are no snapshot, are of another format version, or are cut off.
 */
export function loadMatchIndex(
  bytes: Uint8Array,
  { model = defaultModel, population }: Pick<MatchIndexOptions, 'model' | 'population'> = {},
): MatchIndex {
  const { store, postings, extras } = readSnapshot(bytes);
  return openIndex(store, postings, extras, model, population);
}

function openIndex(
  store: RecordStore,
  firstPostings: Postings,
  extras: readonly ExtraField[],
  model: MatchModel,
  population?: number,
): MatchIndex {
  const fields = fieldDefinitions(extras);
  const comparer: Comparer = { store, memo: createSimilarityMemo(), extras };
  const compiled = compileModel(model, fields);
  const searcher = createSearcher(comparer, fields, firstPostings, compiled, population);
  return {
    insert: (record) => insert(searcher, record),
    update: (row, record) => {
      assertRecord(store, row);
      clear(searcher, row);
      fill(searcher, row, record);
    },
    tombstone: (row) => {
      assertRecord(store, row);
      clear(searcher, row);
      store.rows.fill(0, row * rowInts, (row + 1) * rowInts);
      store.rows[row * rowInts + column.flags] = flag.gone;
      store.rows[row * rowInts + column.owner] = row;
      store.live--;
    },
    search: (record, options) => searchIndex(searcher, normaliseRecord(record), options),
    searchStored: (row, options) => {
      assertRecord(store, row);
      return searchStored(searcher, row, options);
    },
    useModel: (next) => {
      searcher.compiled = compileModel(next, fields);
      searcher.bound = createWeightBound(searcher.compiled);
    },
    get model() {
      return searcher.compiled.model;
    },
    rules: indexRules,
    get size() {
      return store.live;
    },
    get byteLength() {
      return bytesOf(store, searcher.postings);
    },
    snapshot: () => writeSnapshot(store, searcher.postings, extras),
  };
}

function insert(searcher: Searcher, record: AnyRecord): number {
  const { store } = searcher.comparer;
  const row = takeRow(store);
  fill(searcher, row, record);
  store.live++;
  return row;
}

function fill(searcher: Searcher, row: number, raw: AnyRecord): void {
  const { store } = searcher.comparer;
  const record = normaliseRecord(raw);
  let last = row;
  for (let number = 0; number < versionsOf(record); number++) {
    const version = number === 0 ? row : append(store, last);
    writeRow(store, version, row, record, number);
    countRow(store, version, 1);
    last = enterKeys(searcher, version);
  }
}

/** Takes a further row for the record that a row belongs to. */
function append(store: RecordStore, row: number): number {
  const next = takeRow(store, true);
  store.rows[row * rowInts + column.nextVersion] = next;
  return next;
}

/** Enters the keys of a version, in further rows too where they are more than a row's slots; returns the last row. */
function enterKeys(searcher: Searcher, version: number): number {
  const { comparer, storedKeys, postings } = searcher;
  const { store } = comparer;
  writeIndexKeys(store, version, storedKeys);
  const to = keptKeys(storedKeys, postings.slotsPerRow);
  let row = version;
  for (let from = 0; from === 0 || from < to; from += postings.slotsPerRow) {
    if (from > 0) {
      row = append(store, row);
      const at = row * rowInts;
      store.rows.fill(0, at, at + rowInts);
      store.rows[at + column.flags] = flag.older | flag.continued;
      store.rows[at + column.owner] = store.rows[version * rowInts + column.owner] as number;
    }
    if (!hasRoom(searcher.postings, row)) enlarge(searcher);
    addPostings(searcher.postings, row, storedKeys, from, to);
  }
  return row;
}

/** Takes a record out of frequencies and block index, and frees its older versions. */
function clear(searcher: Searcher, row: number): void {
  const { store } = searcher.comparer;
  forEachKeyRow(searcher, row, searcher.storedKeys, (keyRow, from, to) =>
    removePostings(searcher.postings, keyRow, searcher.storedKeys, from, to),
  );
  for (let version = row; version !== 0;) {
    countRow(store, version, -1);
    freeIdentifiers(store, version);
    const next = store.rows[version * rowInts + column.nextVersion] as number;
    if (version !== row) {
      store.rows.fill(0, version * rowInts, (version + 1) * rowInts);
      store.rows[version * rowInts + column.flags] = flag.gone;
      store.freeRows.push(version);
    }
    version = next;
  }
}

/** Visits every row of a record with the keys that stand in its slots. */
function forEachKeyRow(
  { comparer: { store }, postings }: Searcher,
  record: number,
  keys: IndexKeyList,
  visit: (row: number, from: number, to: number) => void,
): void {
  let from = 0;
  for (let row = record; row !== 0; row = store.rows[row * rowInts + column.nextVersion] as number) {
    const isContinued = ((store.rows[row * rowInts + column.flags] as number) & flag.continued) !== 0;
    if (!isContinued) writeIndexKeys(store, row, keys);
    from = isContinued ? from + postings.slotsPerRow : 0;
    visit(row, from, keptKeys(keys, postings.slotsPerRow));
  }
}

/** Doubles the block index: every row is entered again, so it happens once for each doubling. */
function enlarge(searcher: Searcher): void {
  const { store } = searcher.comparer;
  const before = searcher.postings;
  const entered = Math.floor(before.links.length / before.slotsPerRow);
  const postings = createPostings(entered * 2, before.slotsPerRow);
  const keys = createIndexKeyList();
  for (let row = firstRow; row < Math.min(entered, store.size); row++) {
    const at = row * rowInts;
    if (store.rows[at + column.owner] !== row || ((store.rows[at + column.flags] as number) & flag.gone) !== 0)
      continue;
    // What is beyond the room there was is being entered just now.
    forEachKeyRow(searcher, row, keys, (keyRow, from, to) => {
      if (keyRow < entered) addPostings(postings, keyRow, keys, from, to);
    });
  }
  searcher.postings = postings;
}

function assertRecord(store: RecordStore, row: number): void {
  const isRecord =
    Number.isInteger(row) &&
    row >= firstRow &&
    row < store.size &&
    store.rows[row * rowInts + column.owner] === row &&
    ((store.rows[row * rowInts + column.flags] as number) & flag.gone) === 0;
  if (!isRecord) throw new RangeError('the row holds no record of this index');
}

function bytesOf(store: RecordStore, postings: Postings): number {
  const { names, places, emails, counts } = store;
  const dictionaries = [names.dictionary, places, emails].flatMap(({ heap, starts, hashes, table }) => [
    heap,
    starts,
    hashes,
    table,
  ]);
  const arrays = [
    store.rows,
    store.identifiers,
    store.extras,
    postings.heads,
    postings.lengths,
    postings.links,
    ...dictionaries,
  ];
  const perName = [
    names.joined,
    names.partsAt,
    names.parts,
    names.sounds,
    names.letters,
    names.nicknames,
    counts.given,
    counts.middle,
    counts.family,
    counts.birthDate,
  ];
  return [...arrays, ...perName].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
