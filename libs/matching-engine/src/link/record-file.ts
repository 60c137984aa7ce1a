import { suffixesOf } from '../compare/compare-records.js';
import { type Comparer, suffixLevel } from '../compare/compare-rows.js';
import { type ExtraField, fieldDefinitions, type FieldDefinition, suffixConflict } from '../compare/fields.js';
import { createSimilarityMemo } from '../compare/name-similarity.js';
import { grown, shared } from '../index/dictionary.js';
import { countRow, createRecordStore, takeRow, versionsOf, writeRow } from '../index/record-store.js';
import { column, firstRow, rowInts } from '../index/row-layout.js';
import { normaliseRecord, type PatientRecord } from '../normalise/normalise-record.js';

/** Records of one or two files, packed for a batch. They are numbered from 0 in the order in which they were added. */
export interface RecordFile {
  readonly comparer: Comparer;
  readonly fields: readonly FieldDefinition[];
  /** Row of each record. */
  rows: Uint32Array;
  /** Record of each row. */
  numbers: Uint32Array;
  /** Which of two files each record is from; both 0 when one file is compared with itself. */
  sides: Uint8Array;
  size: number;
  readonly counts: [number, number];
}

export function createRecordFile(
  options: { readonly capacity?: number; readonly extraFields?: readonly ExtraField[] } = {},
): RecordFile {
  const capacity = Math.max(16, options.capacity ?? 1024);
  const extras = options.extraFields ?? [];
  const store = createRecordStore(
    capacity,
    extras.map(({ name }) => name),
  );
  return {
    comparer: { store, memo: createSimilarityMemo(), extras },
    fields: fieldDefinitions(extras),
    rows: shared(Uint32Array, capacity),
    numbers: shared(Uint32Array, capacity + firstRow),
    sides: shared(Uint8Array, capacity),
    size: 0,
    counts: [0, 0],
  };
}

/** Adds a record and returns its number. */
export function addRecord(file: RecordFile, raw: PatientRecord, side: 0 | 1 = 0): number {
  const { store } = file.comparer;
  const record = normaliseRecord(raw);
  const number = file.size++;
  const row = takeRow(store);
  if (number >= file.rows.length) {
    file.rows = grown(file.rows, number + 1);
    file.sides = grown(file.sides, number + 1);
  }
  file.rows[number] = row;
  file.sides[number] = side;
  file.counts[side]++;
  let version = row;
  for (let i = 0; i < versionsOf(record); i++) {
    if (i > 0) {
      const older = takeRow(store, true);
      store.rows[version * rowInts + column.nextVersion] = older;
      version = older;
    }
    writeRow(store, version, row, record, i);
    countRow(store, version, 1);
  }
  if (store.size > file.numbers.length) file.numbers = grown(file.numbers, store.size);
  file.numbers[row] = number;
  store.live++;
  return number;
}

/** Whether two rows may be a pair: anything within one file, only across between two. */
export function pairFilter(file: RecordFile): (rowA: number, rowB: number) => boolean {
  if (file.counts[1] === 0) return () => true;
  return (a, b) => file.sides[file.numbers[a] as number] !== file.sides[file.numbers[b] as number];
}

/** Whether two records, by number, state that they are two people: no cluster holds both (`ResolveOptions.isVetoed`). */
export function vetoOf({ comparer: { store }, rows, size }: RecordFile): (a: number, b: number) => boolean {
  const stated = Uint8Array.from(rows.subarray(0, size), (row) => suffixesOf(store, row));
  return (a, b) => suffixLevel(stated[a] as number, stated[b] as number) === suffixConflict;
}

/** Number of pairs that may be compared. */
export function allPairsOf({ counts: [left, right] }: RecordFile): number {
  return right === 0 ? (left * (left - 1)) / 2 : left * right;
}
