import { type NormalisedRecord } from '../normalise/normalise-record.js';
import { createDictionary, type Dictionary, encode, grown, shared } from './dictionary.js';
import { createNameBook, encodeName, type NameBook } from './name-book.js';
import { column, firstRow, flag, rowInts } from './row-layout.js';

/** The packed records and their dictionaries. Mutable, and owned by one writer. */
export interface RecordStore {
  rows: Int32Array;
  /** Rows handed out so far, scratch rows included. */
  size: number;
  /** Records (not versions, not tombstones). */
  live: number;
  /** Rows of older versions that are free again. */
  readonly freeRows: number[];
  readonly names: NameBook;
  readonly places: Dictionary;
  readonly emails: Dictionary;
  /** Identifier lists: triples of (authority's code, hash of the value, next entry). Entry 0 is the end of a list. */
  identifiers: Int32Array;
  identifiersUsed: number;
  freeIdentifier: number;
  /** How many live rows hold a name code in a role, or a date of birth (by `dateSlot`). */
  readonly counts: { given: Uint32Array; middle: Uint32Array; family: Uint32Array; readonly birthDate: Uint32Array };
  /** Names of the extra columns; codes of the place dictionary in `extras`, one column each. */
  readonly extraNames: readonly string[];
  extras: Int32Array;
}

/** Packed dates run from 1850-00-00 to 2150-12-31 (`packDate`). */
const firstDate = 1850 << 9;
const dateSpan = (2151 << 9) - firstDate + 1;

/** Where a packed date is counted; 0 for none. */
export const dateSlot = (date: number): number => (date === 0 ? 0 : date - firstDate + 1);

export function createRecordStore(capacity: number, extraNames: readonly string[]): RecordStore {
  const entries = Math.max(1024, Math.min(capacity >> 2, 1 << 20));
  const names = createNameBook(entries);
  const perName = names.joined.length;
  return {
    rows: shared(Int32Array, (capacity + firstRow) * rowInts),
    size: firstRow,
    live: 0,
    freeRows: [],
    names,
    places: createDictionary(entries),
    emails: createDictionary(entries),
    identifiers: shared(Int32Array, 3 * 64),
    identifiersUsed: 1,
    freeIdentifier: 0,
    counts: {
      given: shared(Uint32Array, perName),
      middle: shared(Uint32Array, perName),
      family: shared(Uint32Array, perName),
      birthDate: shared(Uint32Array, dateSpan),
    },
    extraNames,
    extras: shared(Int32Array, extraNames.length === 0 ? 0 : (capacity + firstRow) * extraNames.length),
  };
}

/** Takes a row for a new record (or, `older`, for an older version of one, which may reuse a freed row). */
export function takeRow(store: RecordStore, older = false): number {
  const free = older ? store.freeRows.pop() : undefined;
  if (free !== undefined) return free;
  const row = store.size++;
  if (store.size * rowInts > store.rows.length) store.rows = grown(store.rows, store.size * rowInts);
  const extraInts = store.size * store.extraNames.length;
  if (extraInts > store.extras.length) store.extras = grown(store.extras, extraInts);
  return row;
}

/** How many versions it takes to hold every value of a record: the longest of its lists. */
export function versionsOf(record: NormalisedRecord): number {
  const { names, birthDates, addresses, phones, emails, nationalIds } = record;
  return Math.max(
    1,
    names.length,
    birthDates.length,
    addresses.length,
    phones.length,
    emails.length,
    nationalIds.length,
  );
}

/** Writes the `version`-th value of every field into a row; identifiers and extras go with the first version only. */
export function writeRow(
  store: RecordStore,
  row: number,
  owner: number,
  record: NormalisedRecord,
  version: number,
): void {
  const { rows } = store;
  const at = row * rowInts;
  const name = record.names[version];
  const address = record.addresses[version];
  rows[at + column.given] = encodeName(store.names, name?.given ?? '');
  rows[at + column.middle] = encodeName(store.names, name?.middle ?? '');
  rows[at + column.family] = encodeName(store.names, name?.family ?? '');
  rows[at + column.birthDate] = record.birthDates[version] ?? 0;
  const nameFlags =
    ((name?.suffix ?? 0) << flag.suffixShift) |
    (name?.newborn === true ? flag.newborn : 0) |
    ((name?.twin ?? 0) << flag.twinShift);
  rows[at + column.flags] = (version === 0 ? record.sex : flag.older) | nameFlags;
  rows[at + column.nationalId] = record.nationalIds[version] ?? 0;
  rows[at + column.phone] = record.phones[version] ?? 0;
  rows[at + column.email] = encode(store.emails, record.emails[version] ?? '');
  rows[at + column.houseNumber] = encode(store.places, address?.houseNumber ?? '');
  rows[at + column.street] = encode(store.places, address?.street ?? '');
  rows[at + column.unit] = encode(store.places, address?.unit ?? '');
  rows[at + column.city] = encode(store.places, address?.city ?? '');
  rows[at + column.postalCode] = encode(store.places, address?.postalCode ?? '');
  rows[at + column.identifiers] = version === 0 ? storeIdentifiers(store, record) : 0;
  rows[at + column.nextVersion] = 0;
  rows[at + column.owner] = owner;
  store.extraNames.forEach((extra, i) => {
    store.extras[row * store.extraNames.length + i] =
      version === 0 ? encode(store.places, record.extras[extra] ?? '') : 0;
  });
}

/** Adds a row's names and date of birth to the frequencies, or takes them out (`by` −1). */
export function countRow(store: RecordStore, row: number, by: 1 | -1): void {
  const { rows, counts, names } = store;
  const perName = names.joined.length;
  if (counts.given.length < perName) {
    counts.given = grown(counts.given, perName);
    counts.middle = grown(counts.middle, perName);
    counts.family = grown(counts.family, perName);
  }
  const at = row * rowInts;
  bump(counts.given, rows[at + column.given] as number, by);
  bump(counts.middle, rows[at + column.middle] as number, by);
  bump(counts.family, rows[at + column.family] as number, by);
  bump(counts.birthDate, dateSlot(rows[at + column.birthDate] as number), by);
}

/** Gives the identifiers of a row back. */
export function freeIdentifiers(store: RecordStore, row: number): void {
  let entry = store.rows[row * rowInts + column.identifiers] ?? 0;
  store.rows[row * rowInts + column.identifiers] = 0;
  while (entry !== 0) {
    const next = store.identifiers[entry * 3 + 2] ?? 0;
    store.identifiers[entry * 3 + 2] = store.freeIdentifier;
    store.freeIdentifier = entry;
    entry = next;
  }
}

function storeIdentifiers(store: RecordStore, record: NormalisedRecord): number {
  let head = 0;
  for (const { system, value } of record.identifiers) {
    let entry = store.freeIdentifier;
    if (entry !== 0) store.freeIdentifier = store.identifiers[entry * 3 + 2] ?? 0;
    else entry = store.identifiersUsed++;
    if ((entry + 1) * 3 > store.identifiers.length) store.identifiers = grown(store.identifiers, (entry + 1) * 3);
    store.identifiers[entry * 3] = encode(store.places, system === '' ? '(no authority)' : system);
    store.identifiers[entry * 3 + 1] = hashValue(value);
    store.identifiers[entry * 3 + 2] = head;
    head = entry;
  }
  return head;
}

function hashValue(value: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

function bump(counts: Uint32Array, code: number, by: 1 | -1): void {
  if (code !== 0) counts[code] = (counts[code] ?? 0) + by;
}
