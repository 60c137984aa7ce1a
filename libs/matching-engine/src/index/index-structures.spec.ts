import fc from 'fast-check';

import { createDictionary, decode, encode, findCode, markDictionary, rollbackDictionary } from './dictionary.js';
import { createKeyList, type KeyList } from './key-parts.js';
import { addPostings, blockLength, createPostings, readBlocks, removePostings, walkBlock } from './postings.js';

const keysOf = (hashes: readonly number[]): KeyList => {
  const keys = createKeyList();
  hashes.forEach((hash, i) => (keys.hashes[i] = hash));
  keys.count = hashes.length;
  return keys;
};

describe('the block index', () => {
  /** Few distinct hashes that also share buckets: chains are long and mixed. */
  const hash = fc.tuple(fc.nat(3), fc.nat(4)).map(([bucket, high]) => ((high << 28) | bucket) >>> 0);
  const rows = fc.array(fc.uniqueArray(hash, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 30 });

  it('holds exactly the rows that were added and not removed, in any order of both', () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.boolean()), hash, (keyed, removes, asked) => {
        const postings = createPostings(64, 4);
        keyed.forEach((hashes, row) => addPostings(postings, row, keysOf(hashes)));
        const kept = keyed.map((hashes, row) => ({ hashes, row, gone: removes.next().value as boolean }));
        for (const { hashes, row, gone } of kept) if (gone) removePostings(postings, row, keysOf(hashes));
        const found = new Set<number>();
        expect(walkBlock(postings, asked, 1000, (row) => found.add(row))).toBe(true);
        expect([...found].sort((a, b) => a - b)).toEqual(
          kept.filter(({ hashes, gone }) => !gone && hashes.includes(asked)).map(({ row }) => row),
        );
        expect(postings.entries).toBe(kept.reduce((sum, { hashes, gone }) => sum + (gone ? 0 : hashes.length), 0));
      }),
    );
  });

  it('reads several blocks in step as it walks them one by one', () => {
    fc.assert(
      fc.property(rows, fc.array(hash, { maxLength: 8 }), (keyed, asked) => {
        const postings = createPostings(64, 4);
        keyed.forEach((hashes, row) => addPostings(postings, row, keysOf(hashes)));
        const walked: number[] = [];
        for (const one of asked) walkBlock(postings, one, 1000, (row) => walked.push(row));
        const read = new Uint32Array(1000);
        const end = readBlocks(postings, Uint32Array.from(asked), asked.length, read, 2);
        expect([...read.subarray(2, end)].sort((a, b) => a - b)).toEqual(walked.sort((a, b) => a - b));
      }),
    );
  });

  it('is empty again when all rows are taken out', () => {
    fc.assert(
      fc.property(rows, (keyed) => {
        const postings = createPostings(64, 4);
        keyed.forEach((hashes, row) => addPostings(postings, row, keysOf(hashes)));
        keyed.forEach((hashes, row) => removePostings(postings, row, keysOf(hashes)));
        expect(postings.heads.every((head) => head === 0)).toBe(true);
        expect(postings.lengths.every((length) => length === 0)).toBe(true);
      }),
    );
  });

  it('says when a walk was cut short, and how long the block is', () => {
    const postings = createPostings(300, 1);
    for (let row = 0; row < 300; row++) addPostings(postings, row, keysOf([42]));
    let visited = 0;
    expect(walkBlock(postings, 42, 299, () => visited++)).toBe(false);
    expect(visited).toBe(299);
    expect(walkBlock(postings, 42, 300, () => undefined)).toBe(true);
    expect(blockLength(postings, 42)).toBe(255);
  });

  it('refuses to take out a row with other keys than it was entered with', () => {
    const postings = createPostings(16, 2);
    addPostings(postings, 1, keysOf([7]));
    expect(() => removePostings(postings, 1, keysOf([8]))).toThrow(RangeError);
  });
});

describe('a dictionary', () => {
  const words = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 80, size: 'max' });

  it('gives equal texts one code and every code its text back, however it grows', () => {
    fc.assert(
      fc.property(words, (texts) => {
        const dictionary = createDictionary(4);
        const codes = texts.map((text) => encode(dictionary, text));
        expect(codes.map((code) => decode(dictionary, code))).toEqual(texts);
        expect(new Set(codes).size).toBe(new Set(texts).size);
        expect(encode(dictionary, '')).toBe(0);
      }),
    );
  });

  it('is as before after it is rolled back, for those it kept and those it forgot', () => {
    fc.assert(
      fc.property(words, words, (kept, added) => {
        const dictionary = createDictionary(4);
        const codes = kept.map((text) => encode(dictionary, text));
        const mark = markDictionary(dictionary);
        for (const text of added) encode(dictionary, text);
        rollbackDictionary(dictionary, mark);
        expect(kept.map((text) => findCode(dictionary, text))).toEqual(codes);
        for (const text of added) if (!kept.includes(text)) expect(findCode(dictionary, text)).toBe(0);
      }),
    );
  });
});
