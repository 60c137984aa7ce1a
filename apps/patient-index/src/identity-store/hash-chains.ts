/** A power of two, as the buckets always are. */
const SMALLEST = 1024;

/**
 * A hash table over entries that live in columns of their own: buckets of chained entry numbers, from 1, in typed arrays.
 *
 * V8 walks every object of its heap in each full collection, and a map of millions of small objects stops a process for seconds. Typed
 * arrays are one object each, however long. What an entry is, and when two are the same, is the owner's to say.
 */
export class HashChains {
  private heads: Uint32Array = new Uint32Array(SMALLEST);
  private next: Uint32Array = new Uint32Array(SMALLEST);
  private hashes: Uint32Array = new Uint32Array(SMALLEST);
  /** Entries handed out so far, those given back among them; and the first of these, chained by `next`. */
  private used = 0;
  private free = 0;

  /** Entries have numbers up to this. */
  get highest(): number {
    return this.used;
  }

  /** The first entry of this hash that `isSought` says is the one; 0 for none. */
  find(hash: number, isSought: (entry: number) => boolean): number {
    for (let entry = this.heads[this.bucketOf(hash)] ?? 0; entry !== 0; entry = this.next[entry] ?? 0)
      if (this.hashes[entry] === hash && isSought(entry)) return entry;
    return 0;
  }

  /** Makes an entry. @param hash an unsigned 32-bit number. @returns its number, one that was given back where there is any */
  add(hash: number): number {
    const entry = this.free === 0 ? (this.used += 1) : this.free;
    if (this.free !== 0) this.free = this.next[entry] ?? 0;
    if (entry >= this.next.length) this.grow();
    this.hashes[entry] = hash;
    this.link(entry, hash);
    return entry;
  }

  /** Gives an entry's number back. @throws RangeError for one that is not in the table */
  remove(entry: number): void {
    const bucket = this.bucketOf(this.hashes[entry] ?? 0);
    let before = 0;
    for (let at = this.heads[bucket] ?? 0; at !== entry; at = this.next[at] ?? 0) {
      if (at === 0) throw new RangeError('The entry is not in the table.');
      before = at;
    }
    const after = this.next[entry] ?? 0;
    if (before === 0) this.heads[bucket] = after;
    else this.next[before] = after;
    this.next[entry] = this.free;
    this.free = entry;
  }

  /** The table as arrays, views into it; `adopt` takes them. */
  columns(): Columns {
    const { heads, used, free } = this;
    return {
      heads,
      next: this.next.subarray(0, used + 1),
      hashes: this.hashes.subarray(0, used + 1),
      counts: Uint32Array.of(used, free),
    };
  }

  /** Takes the place of an empty table. */
  adopt(columns: Columns): void {
    this.heads = copyOf(columns['heads']);
    this.next = copyOf(columns['next']);
    this.hashes = copyOf(columns['hashes']);
    [this.used = 0, this.free = 0] = copyOf(columns['counts']);
  }

  private bucketOf(hash: number): number {
    return hash & (this.heads.length - 1);
  }

  private link(entry: number, hash: number): void {
    const bucket = this.bucketOf(hash);
    this.next[entry] = this.heads[bucket] ?? 0;
    this.heads[bucket] = entry;
  }

  private grow(): void {
    const capacity = Math.ceil(this.next.length * 1.6) + 1;
    // Called for a new entry only, so that none is free and all below it are in the table.
    this.next = new Uint32Array(capacity);
    this.hashes = lengthened(this.hashes, capacity);
    this.heads = new Uint32Array(bucketsFor(capacity));
    for (let entry = 1; entry < this.used; entry += 1) this.link(entry, this.hashes[entry] ?? 0);
  }
}

/** Named arrays of numbers: how a table is kept in a snapshot. */
export type Columns = Readonly<Record<string, Uint32Array>>;
/** Those of several tables, by the table's name. */
export type ColumnSet = Readonly<Record<string, Columns>>;

function lengthened(array: Uint32Array, length: number): Uint32Array {
  const longer = new Uint32Array(length);
  longer.set(array);
  return longer;
}

/** A copy that is no view of a snapshot's bytes. (`Uint32Array.from` iterates, which takes seconds for tens of millions of numbers.) */
export const copyOf = (column: Uint32Array | undefined): Uint32Array => column?.slice() ?? new Uint32Array(SMALLEST);

/** The array itself while it has a place for the number, and else one with room for more. */
export const withRoomFor = (array: Uint32Array, at: number): Uint32Array =>
  at < array.length ? array : lengthened(array, Math.ceil(at * 1.6) + 16);

const bucketsFor = (entries: number): number => 2 ** Math.ceil(Math.log2(entries));
