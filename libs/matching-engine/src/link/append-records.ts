import { type Dictionary, encodeFrom, grown } from '../index/dictionary.js';
import { encodeNamesFrom } from '../index/name-book.js';
import { countRow, type RecordStore, takeRow } from '../index/record-store.js';
import { column, firstRow, rowInts } from '../index/row-layout.js';
import { type RecordFile } from './record-file.js';

/** Records packed by themselves, to be appended to others. All of it is numbers or in shared memory. */
export type RecordPart = Pick<RecordFile, 'rows' | 'sides' | 'size' | 'counts'> & {
  readonly comparer: { readonly store: RecordStore };
};

/**
 * Adds all records of another file, in their order, and leaves that one as it is. The file is then, to the last code, what it would be
 * had the records been added to it one by one: so a large file can be packed in parts, by several threads, and what comes of it does not
 * depend on how many there were.
 *
 * @throws RangeError when the two have other extra fields.
 */
export function appendRecords(file: RecordFile, part: RecordPart): void {
  const { store } = file.comparer;
  const from = part.comparer.store;
  if (store.extraNames.join('\0') !== from.extraNames.join('\0'))
    throw new RangeError('records of other extra fields cannot be appended');
  const names = encodeNamesFrom(store.names, from.names);
  const places = codesFrom(store.places, from.places);
  const emails = codesFrom(store.emails, from.emails);
  const identifiers = appendIdentifiers(store, from, places);
  const offset = store.size - firstRow;
  const moved = (row: number): number => (row === 0 ? 0 : row + offset);
  for (let source = firstRow; source < from.size; source++) {
    const row = takeRow(store);
    const { rows } = store;
    const at = row * rowInts;
    const old = source * rowInts;
    for (let i = 0; i < rowInts; i++) rows[at + i] = from.rows[old + i] as number;
    for (const name of nameColumns) rows[at + name] = names[from.rows[old + name] as number] as number;
    for (const place of placeColumns) rows[at + place] = places[from.rows[old + place] as number] as number;
    rows[at + column.email] = emails[from.rows[old + column.email] as number] as number;
    const list = from.rows[old + column.identifiers] as number;
    rows[at + column.identifiers] = list === 0 ? 0 : list + identifiers;
    rows[at + column.nextVersion] = moved(from.rows[old + column.nextVersion] as number);
    rows[at + column.owner] = moved(from.rows[old + column.owner] as number);
    const width = store.extraNames.length;
    for (let i = 0; i < width; i++)
      store.extras[row * width + i] = places[from.extras[source * width + i] as number] as number;
    countRow(store, row, 1);
  }
  store.live += from.live;
  appendNumbers(file, part, offset);
}

const nameColumns = [column.given, column.middle, column.family] as const;
const placeColumns = [column.houseNumber, column.street, column.unit, column.city, column.postalCode] as const;

function codesFrom(dictionary: Dictionary, other: Dictionary): Uint32Array {
  const codes = new Uint32Array(other.size + 1);
  for (let code = 1; code <= other.size; code++) codes[code] = encodeFrom(dictionary, other, code);
  return codes;
}

/** Copies the identifier lists behind those that are there; returns by how much their entries moved. */
function appendIdentifiers(store: RecordStore, from: RecordStore, places: Uint32Array): number {
  const offset = store.identifiersUsed - 1;
  store.identifiersUsed += from.identifiersUsed - 1;
  if (store.identifiersUsed * 3 > store.identifiers.length)
    store.identifiers = grown(store.identifiers, store.identifiersUsed * 3);
  for (let entry = 1; entry < from.identifiersUsed; entry++) {
    const at = (entry + offset) * 3;
    const next = from.identifiers[entry * 3 + 2] as number;
    store.identifiers[at] = places[from.identifiers[entry * 3] as number] as number;
    store.identifiers[at + 1] = from.identifiers[entry * 3 + 1] as number;
    store.identifiers[at + 2] = next === 0 ? 0 : next + offset;
  }
  return offset;
}

function appendNumbers(file: RecordFile, part: RecordPart, offset: number): void {
  const { store } = file.comparer;
  const size = file.size + part.size;
  if (size > file.rows.length) {
    file.rows = grown(file.rows, size);
    file.sides = grown(file.sides, size);
  }
  if (store.size > file.numbers.length) file.numbers = grown(file.numbers, store.size);
  for (let i = 0; i < part.size; i++) {
    const number = file.size + i;
    const row = (part.rows[i] as number) + offset;
    file.rows[number] = row;
    file.numbers[row] = number;
    file.sides[number] = part.sides[i] as number;
  }
  file.counts[0] += part.counts[0];
  file.counts[1] += part.counts[1];
  file.size = size;
}
