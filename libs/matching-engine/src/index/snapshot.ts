import { type ExtraField } from '../compare/fields.js';
import { createDictionary, type Dictionary, shared } from './dictionary.js';
import { type NameBook } from './name-book.js';
import { createPostings, type Postings } from './postings.js';
import { createRecordStore, type RecordStore } from './record-store.js';
import { rowInts } from './row-layout.js';

/** First bytes of a snapshot; the number is the format version. */
const magic = 'hie-match-index/3';

type Packed = Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** Everything of an index but its typed arrays. */
interface Header {
  readonly magic: string;
  readonly store: Pick<RecordStore, 'size' | 'live' | 'freeRows' | 'identifiersUsed' | 'freeIdentifier' | 'extraNames'>;
  readonly extras: readonly ExtraField[];
  readonly sizes: {
    readonly names: number;
    readonly places: number;
    readonly emails: number;
    readonly partsUsed: number;
  };
  readonly postings: Pick<Postings, 'slotsPerRow' | 'entryBits' | 'entries'>;
  /** Elements kept and elements allocated of each array, in the order of `arraysOf`. */
  readonly arrays: readonly { readonly used: number; readonly length: number }[];
}

/**
 * Writes an index as one header (JSON, its length in the four bytes before it) and the used part of every array, each padded to eight
 * bytes. Little-endian, as all machines that run Node are.
 */
export function* writeSnapshot(
  store: RecordStore,
  postings: Postings,
  extras: readonly ExtraField[],
): Generator<Uint8Array> {
  const arrays = arraysOf(store, postings);
  const header: Header = {
    magic,
    store: {
      size: store.size,
      live: store.live,
      freeRows: store.freeRows,
      identifiersUsed: store.identifiersUsed,
      freeIdentifier: store.freeIdentifier,
      extraNames: store.extraNames,
    },
    extras,
    sizes: {
      names: store.names.dictionary.size,
      places: store.places.size,
      emails: store.emails.size,
      partsUsed: store.names.partsUsed,
    },
    postings: { slotsPerRow: postings.slotsPerRow, entryBits: postings.entryBits, entries: postings.entries },
    arrays: arrays.map(([array, used]) => ({ used: Math.min(used, array.length), length: array.length })),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const front = new Uint8Array(padded(text.length + 4));
  new DataView(front.buffer).setUint32(0, text.length, true);
  front.set(text, 4);
  yield front;
  for (const [i, [array]] of arrays.entries()) {
    const bytes = (header.arrays[i]?.used ?? 0) * array.BYTES_PER_ELEMENT;
    yield new Uint8Array(array.buffer, array.byteOffset, bytes);
    if (padded(bytes) > bytes) yield new Uint8Array(padded(bytes) - bytes);
  }
}

/** @throws RangeError when the bytes are no snapshot of this format, or end too early. */
export function readSnapshot(bytes: Uint8Array): {
  store: RecordStore;
  postings: Postings;
  extras: readonly ExtraField[];
} {
  const header = readHeader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = padded(view.getUint32(0, true) + 4);
  let next = 0;
  const take = <T extends Packed>(type: new (buffer: SharedArrayBuffer) => T): T => {
    const size = header.arrays[next++];
    if (size === undefined) throw new RangeError('the snapshot lacks an array');
    const array = shared(type, size.length);
    const length = size.used * array.BYTES_PER_ELEMENT;
    if (at + length > bytes.byteLength) throw new RangeError('the snapshot is cut off');
    new Uint8Array(array.buffer, 0, length).set(bytes.subarray(at, at + length));
    at += padded(length);
    return array;
  };
  const dictionary = (size: number): Dictionary =>
    Object.assign(createDictionary(), {
      size,
      heap: take(Uint16Array),
      starts: take(Uint32Array),
      hashes: take(Uint32Array),
      table: take(Uint32Array),
    });
  const { sizes } = header;
  const rows = take(Int32Array);
  const identifiers = take(Int32Array);
  const extraCodes = take(Int32Array);
  const heads = take(Uint32Array);
  const lengths = take(Uint8Array);
  const links = take(Uint32Array);
  // Filled into objects made where all others are: of another make, code that was compiled for those would be compiled again.
  const store = createRecordStore(0, header.store.extraNames);
  const names: NameBook = Object.assign(store.names, {
    dictionary: dictionary(sizes.names),
    joined: take(Uint32Array),
    partsAt: take(Uint32Array),
    parts: take(Uint32Array),
    partsUsed: sizes.partsUsed,
    sounds: take(Uint32Array),
    letters: take(Uint32Array),
    nicknames: take(Uint16Array),
  });
  const places = dictionary(sizes.places);
  const emails = dictionary(sizes.emails);
  const counts = Object.assign(store.counts, {
    given: take(Uint32Array),
    middle: take(Uint32Array),
    family: take(Uint32Array),
    birthDate: take(Uint32Array),
  });
  const { slotsPerRow } = header.postings;
  return {
    store: Object.assign(store, header.store, { rows, names, places, emails, identifiers, counts, extras: extraCodes }),
    postings: Object.assign(createPostings(1, slotsPerRow), header.postings, { heads, lengths, links }),
    extras: header.extras,
  };
}

function readHeader(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.byteLength < 8 ? 0 : view.getUint32(0, true);
  if (length === 0 || length + 4 > bytes.byteLength) throw new RangeError('the bytes are no snapshot of a match index');
  let header: Partial<Header>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.slice(4, 4 + length))) as Partial<Header>;
  } catch (cause) {
    throw new RangeError('the bytes are no snapshot of a match index', { cause });
  }
  if (header.magic !== magic) throw new RangeError('the snapshot has another format version');
  return header as Header;
}

/** Every typed array of an index with how many of its elements are in use. */
function arraysOf(store: RecordStore, postings: Postings): readonly (readonly [Packed, number])[] {
  const { names, counts } = store;
  const dictionary = ({ size, heap, starts, hashes, table }: Dictionary): (readonly [Packed, number])[] => [
    [heap, starts[size + 1] ?? 0],
    [starts, size + 2],
    [hashes, size + 1],
    [table, table.length],
  ];
  const perName = names.dictionary.size + 1;
  return [
    [store.rows, store.size * rowInts],
    [store.identifiers, store.identifiersUsed * 3],
    [store.extras, store.size * store.extraNames.length],
    [postings.heads, postings.heads.length],
    [postings.lengths, postings.lengths.length],
    [postings.links, store.size * postings.slotsPerRow],
    ...dictionary(names.dictionary),
    [names.joined, perName],
    [names.partsAt, perName],
    [names.parts, names.partsUsed],
    [names.sounds, perName],
    [names.letters, perName],
    [names.nicknames, perName],
    ...dictionary(store.places),
    ...dictionary(store.emails),
    [counts.given, perName],
    [counts.middle, perName],
    [counts.family, perName],
    [counts.birthDate, counts.birthDate.length],
  ];
}

const padded = (bytes: number): number => (bytes + 7) & ~7;
