/**
 * A dictionary from texts to small integers (codes, from 1; 0 is the missing value), in shared typed arrays: two equal texts have one
 * code, so equality of names is equality of integers, and every similarity is computed on the code units in place.
 *
 * Texts are UTF-16 code units in one heap, found through an open-addressing table (linear probing, FNV-1a). Nothing is ever moved or
 * removed but the newest entries, by `rollbackDictionary`: a query may add its unknown words and take them back.
 */
export interface Dictionary {
  /** Codes in use are 1 … size. */
  size: number;
  /** Code units of all texts; text `c` is `heap[starts[c] … starts[c + 1])`. */
  heap: Uint16Array;
  starts: Uint32Array;
  hashes: Uint32Array;
  table: Uint32Array;
}

export interface DictionaryMark {
  readonly size: number;
}

export function createDictionary(entries = 1024): Dictionary {
  const capacity = Math.max(16, entries);
  return {
    size: 0,
    heap: shared(Uint16Array, capacity * 8),
    starts: shared(Uint32Array, capacity + 2),
    hashes: shared(Uint32Array, capacity + 1),
    table: shared(Uint32Array, tableSize(capacity)),
  };
}

/** The code of a text, given one if it is new. The empty text is 0. */
export function encode(dictionary: Dictionary, text: string): number {
  if (text === '') return 0;
  const hash = hashText(text);
  const known = probe(dictionary, text, hash);
  return known > 0 ? known : append(dictionary, hash, text.length, (i) => text.charCodeAt(i));
}

/** The code of a text, or 0 when the dictionary does not hold it. */
export function findCode(dictionary: Dictionary, text: string): number {
  return text === '' ? 0 : Math.max(0, probe(dictionary, text, hashText(text)));
}

/** The text of a code; the empty text for 0. */
export function decode(dictionary: Dictionary, code: number): string {
  if (code === 0) return '';
  return String.fromCharCode(
    ...dictionary.heap.subarray(dictionary.starts[code] ?? 0, dictionary.starts[code + 1] ?? 0),
  );
}

/** The code that a text of another dictionary has in this one, given one if it is new; neither text nor hash is made again. */
export function encodeFrom(dictionary: Dictionary, other: Dictionary, code: number): number {
  const hash = other.hashes[code] as number;
  const from = other.starts[code] as number;
  const length = (other.starts[code + 1] as number) - from;
  const { table, hashes, heap, starts } = dictionary;
  for (let slot = slotOf(hash, table.length); ; slot = (slot + 1) & (table.length - 1)) {
    const known = table[slot] as number;
    if (known === 0) return append(dictionary, hash, length, (i) => other.heap[from + i] as number);
    if (hashes[known] !== hash) continue;
    const at = starts[known] as number;
    if ((starts[known + 1] as number) - at !== length) continue;
    let same = 0;
    while (same < length && heap[at + same] === other.heap[from + same]) same++;
    if (same === length) return known;
  }
}

export function markDictionary(dictionary: Dictionary): DictionaryMark {
  return { size: dictionary.size };
}

/** Forgets every text added since the mark, newest first: with linear probing the newest entry is never in another's way. */
export function rollbackDictionary(dictionary: Dictionary, mark: DictionaryMark): void {
  const { table } = dictionary;
  while (dictionary.size > mark.size) {
    let slot = slotOf(dictionary.hashes[dictionary.size] ?? 0, table.length);
    while (table[slot] !== dictionary.size) slot = (slot + 1) & (table.length - 1);
    table[slot] = 0;
    dictionary.size -= 1;
  }
}

/** Makes an array on shared memory, so that worker threads and snapshots read it where it is. */
export function shared<T>(type: new (buffer: SharedArrayBuffer) => T, length: number): T {
  const { BYTES_PER_ELEMENT } = type as unknown as { BYTES_PER_ELEMENT: number };
  return new type(new SharedArrayBuffer(length * BYTES_PER_ELEMENT));
}

function append(dictionary: Dictionary, hash: number, length: number, unitAt: (i: number) => number): number {
  if (dictionary.size + 2 >= dictionary.starts.length) growEntries(dictionary);
  const code = (dictionary.size += 1);
  const start = dictionary.starts[code] ?? 0;
  if (start + length > dictionary.heap.length) dictionary.heap = grown(dictionary.heap, start + length);
  for (let i = 0; i < length; i++) dictionary.heap[start + i] = unitAt(i);
  dictionary.starts[code + 1] = start + length;
  dictionary.hashes[code] = hash;
  place(dictionary, code, hash);
  return code;
}

function growEntries(dictionary: Dictionary): void {
  const capacity = Math.ceil(dictionary.starts.length * 1.6);
  dictionary.starts = grown(dictionary.starts, capacity + 2);
  dictionary.hashes = grown(dictionary.hashes, capacity + 1);
  if (tableSize(capacity) === dictionary.table.length) return;
  dictionary.table = shared(Uint32Array, tableSize(capacity));
  for (let code = 1; code <= dictionary.size; code++) place(dictionary, code, dictionary.hashes[code] ?? 0);
}

function place({ table }: Dictionary, code: number, hash: number): void {
  let slot = slotOf(hash, table.length);
  while (table[slot] !== 0) slot = (slot + 1) & (table.length - 1);
  table[slot] = code;
}

function probe(dictionary: Dictionary, text: string, hash: number): number {
  const { table, hashes } = dictionary;
  for (let slot = slotOf(hash, table.length); ; slot = (slot + 1) & (table.length - 1)) {
    const code = table[slot] ?? 0;
    if (code === 0) return -1;
    if (hashes[code] === hash && equals(dictionary, code, text)) return code;
  }
}

function equals({ heap, starts }: Dictionary, code: number, text: string): boolean {
  const start = starts[code] ?? 0;
  if ((starts[code + 1] ?? 0) - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (heap[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

export function grown<T extends Int32Array | Uint32Array | Uint16Array | Uint8Array>(array: T, atLeast: number): T {
  const bigger = shared(
    array.constructor as new (buffer: SharedArrayBuffer) => T,
    Math.max(atLeast, Math.ceil(array.length * 1.6)),
  );
  bigger.set(array);
  return bigger;
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function slotOf(hash: number, length: number): number {
  return hash & (length - 1);
}

function tableSize(entries: number): number {
  return 2 ** Math.ceil(Math.log2(entries * 1.5));
}
