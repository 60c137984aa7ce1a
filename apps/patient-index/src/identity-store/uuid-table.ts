// RFC 9562, section 4
import { type Columns, HashChains, copyOf, withRoomFor } from './hash-chains.js';

const WORDS = 4;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Numbers UUIDs from 1, each once and for good, in 16 bytes each and some for finding them. */
export class UuidTable {
  private readonly chains = new HashChains();
  private words: Uint32Array = new Uint32Array(WORDS * 1024);

  /** Numbers go up to this. */
  get size(): number {
    return this.chains.highest;
  }

  /** The number of a UUID; 0 for one that has none, and for what is no UUID. */
  find(uuid: string): number {
    const words = wordsOf(uuid);
    return words === undefined ? 0 : this.findWords(words);
  }

  /** The number of a UUID, which it is given if it has none. @throws RangeError for what is no UUID */
  enter(uuid: string): number {
    const words = wordsOf(uuid);
    if (words === undefined) throw new RangeError('It is no UUID.');
    const known = this.findWords(words);
    if (known !== 0) return known;
    const number = this.chains.add(hashOf(words));
    this.words = withRoomFor(this.words, number * WORDS + WORDS);
    this.words.set(words, number * WORDS);
    return number;
  }

  /** The UUID of a number, in lower case. */
  textOf(number: number): string {
    const bytes = Buffer.allocUnsafe(WORDS * 4);
    for (let i = 0; i < WORDS; i += 1) bytes.writeUInt32BE(this.words[number * WORDS + i] ?? 0, i * 4);
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  columns(): Columns {
    return { ...this.chains.columns(), words: this.words.subarray(0, (this.size + 1) * WORDS) };
  }

  adopt(columns: Columns): void {
    this.chains.adopt(columns);
    this.words = copyOf(columns['words']);
  }

  private findWords(words: readonly number[]): number {
    return this.chains.find(hashOf(words), (number) => {
      const at = number * WORDS;
      return words.every((word, i) => this.words[at + i] === word);
    });
  }
}

function wordsOf(uuid: string): readonly number[] | undefined {
  if (!UUID.test(uuid)) return undefined;
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  return [0, 4, 8, 12].map((at) => bytes.readUInt32BE(at));
}

/** Random UUIDs are spread already; those of other kinds differ in one word or another. */
const hashOf = (words: readonly number[]): number =>
  words.reduce((hash, word) => Math.imul(hash ^ word ^ (hash >>> 15), 0x9e3779b1), 0) >>> 0;
