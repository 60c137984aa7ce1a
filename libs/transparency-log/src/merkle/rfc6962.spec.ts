// The definitions of RFC 6962 section 2.1 are written down here a second time, recursively and as they stand there, and
// everything is compared with them. The roots are the reference implementation's published test vectors
// (github.com/transparency-dev/merkle, testonly/constants.go); the paths are the RFC's worked example, section 2.1.3.
import fc from 'fast-check';
import { createHash } from 'node:crypto';

import { consistencyRanges, isConsistent } from './consistency-proof.js';
import { emptyFrontier, type Frontier, growFrontier, rootOf } from './frontier.js';
import { emptyRoot, type Hash, leafHash, nodeHash } from './hash.js';
import { inclusionRanges, isIncluded } from './inclusion-proof.js';
import { type HashesOf, proveConsistency, proveInclusion } from './prove.js';

const sha256 = (...parts: Uint8Array[]): Hash => createHash('sha256').update(Buffer.concat(parts)).digest();
const hex = (hash: Hash): string => Buffer.from(hash).toString('hex');

/** MTH(D[n]) */
function mth(entries: readonly Uint8Array[]): Hash {
  if (entries.length === 0) return sha256();
  if (entries.length === 1) return sha256(Buffer.of(0), entries[0]!);
  const k = 2 ** Math.ceil(Math.log2(entries.length) - 1);
  return sha256(Buffer.of(1), mth(entries.slice(0, k)), mth(entries.slice(k)));
}

/** PATH(m, D[n]) */
function path(m: number, entries: readonly Uint8Array[]): Hash[] {
  if (entries.length === 1) return [];
  const k = 2 ** Math.ceil(Math.log2(entries.length) - 1);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m < k ? [...path(m, left), mth(right)] : [...path(m - k, right), mth(left)];
}

/** SUBPROOF(m, D[n], b) */
function subproof(m: number, entries: readonly Uint8Array[], b: boolean): Hash[] {
  if (m === entries.length) return b ? [] : [mth(entries)];
  const k = 2 ** Math.ceil(Math.log2(entries.length) - 1);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m <= k ? [...subproof(m, left, b), mth(right)] : [...subproof(m - k, right, false), mth(left)];
}

const hashesOf =
  (entries: readonly Uint8Array[]): HashesOf =>
  (subtrees) =>
    Promise.resolve(
      subtrees.map(({ level, index }) => mth(entries.slice(index * 2 ** level, (index + 1) * 2 ** level))),
    );

const entriesUpTo = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, at) => Buffer.from(`entry ${at}`));
const grow = (entries: readonly Uint8Array[], from: Frontier = emptyFrontier) =>
  growFrontier(from, entries.map(leafHash));

describe('the Merkle Tree Hash', () => {
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];

  it.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [4, 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
    [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
    [6, '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
    [7, 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('of %i entries is the published one', (count, root) => {
    const entries = inputs.slice(0, count).map((input) => Buffer.from(input, 'hex'));
    expect(hex(rootOf(grow(entries)))).toBe(root);
  });

  it('keeps an entry from passing for a node', () => {
    const [left, right] = [leafHash(Buffer.from('a')), leafHash(Buffer.from('b'))];
    expect(leafHash(Buffer.concat([left, right]))).not.toEqual(nodeHash(left, right));
  });

  it('is the same whether a tree grew at once or in any steps', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 8 }), (steps) => {
        const entries = entriesUpTo(steps.reduce((sum, step) => sum + step, 0));
        let [frontier, from] = [emptyFrontier, 0];
        for (const step of steps) frontier = grow(entries.slice(from, (from += step)), frontier);
        expect(rootOf(frontier)).toEqual(mth(entries));
        expect(frontier.size).toBe(entries.length);
      }),
    );
  });

  it('tells of each subtree that an entry completes, from the leaf up', () => {
    const completed: [level: number, hash: string][] = [];
    growFrontier(grow(entriesUpTo(3)), [leafHash(entriesUpTo(4)[3]!)], (level, hash) =>
      completed.push([level, hex(hash)]),
    );
    const all = entriesUpTo(4);
    expect(completed).toEqual([
      [0, hex(mth(all.slice(3)))],
      [1, hex(mth(all.slice(2)))],
      [2, hex(mth(all))],
    ]);
  });
});

describe('the example of section 2.1.3', () => {
  // hash = MTH(D[7]); a..f, j are leaves, g = ab, h = cd, i = ef, k = gh, l = ij. The RFC names them by letter.
  const d = entriesUpTo(7);
  const at = (begin: number, end: number): string => hex(mth(d.slice(begin, end)));
  const [b, c, dd, f, j] = [at(1, 2), at(2, 3), at(3, 4), at(5, 6), at(6, 7)];
  const [g, h, i, k, l] = [at(0, 2), at(2, 4), at(4, 6), at(0, 4), at(4, 7)];

  it.each([
    ['d0', 0, [b, h, l]],
    ['d3', 3, [c, g, l]],
    ['d4', 4, [f, j, k]],
    ['d6', 6, [i, k]],
  ])('gives the audit path for %s', async (_entry, index, expected) => {
    expect((await proveInclusion(hashesOf(d), index, 7)).map(hex)).toEqual(expected);
  });

  it.each([
    ['hash0', 3, [c, dd, g, l]],
    ['hash1', 4, [l]],
    ['hash2', 6, [i, j, k]],
  ])('gives the consistency proof from %s', async (_tree, size, expected) => {
    expect((await proveConsistency(hashesOf(d), size, 7)).map(hex)).toEqual(expected);
  });
});

describe('proofs', () => {
  const sizes = fc.integer({ min: 1, max: 70 });

  it('are those of the definition, and verify', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, someIndex, someSize) => {
        const [entries, index, oldSize] = [entriesUpTo(size), someIndex % size, someSize % (size + 1)];
        const root = mth(entries);

        const audit = await proveInclusion(hashesOf(entries), index, size);
        expect(audit).toEqual(path(index, entries));
        expect(isIncluded({ index, size, leafHash: leafHash(entries[index]!), root }, audit)).toBe(true);

        const older = { size: oldSize, root: mth(entries.slice(0, oldSize)) };
        const proof = await proveConsistency(hashesOf(entries), oldSize, size);
        expect(proof).toEqual(oldSize === 0 ? [] : subproof(oldSize, entries, true));
        expect(isConsistent(older, { size, root }, proof)).toBe(true);
      }),
    );
  });

  it('of inclusion fail for another entry, index, size, root, and any changed, lost or added hash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.nat(), async (size, someIndex, some) => {
        const [entries, index] = [entriesUpTo(size), someIndex % size];
        const claim = { index, size, leafHash: leafHash(entries[index]!), root: mth(entries) };
        const audit = await proveInclusion(hashesOf(entries), index, size);
        const other = leafHash(Buffer.from('another entry'));

        expect(isIncluded({ ...claim, leafHash: other }, audit)).toBe(false);
        expect(isIncluded({ ...claim, root: other }, audit)).toBe(false);
        expect(isIncluded({ ...claim, index: (index + 1 + (some % (size - 1))) % size }, audit)).toBe(false);
        expect(isIncluded({ ...claim, size: size * 2 + 1 }, audit)).toBe(false);
        expect(isIncluded(claim, audit.with(some % audit.length, other))).toBe(false);
        expect(isIncluded(claim, audit.toSpliced(some % audit.length, 1))).toBe(false);
        expect(isIncluded(claim, [...audit, other])).toBe(false);
      }),
    );
  });

  it('of consistency fail for a rewritten old or new tree, and any changed, lost or added hash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.nat(), async (size, someSize, some) => {
        const [entries, oldSize] = [entriesUpTo(size), 1 + (someSize % (size - 1))];
        const [older, newer] = [
          { size: oldSize, root: mth(entries.slice(0, oldSize)) },
          { size, root: mth(entries) },
        ];
        const proof = await proveConsistency(hashesOf(entries), oldSize, size);
        const other = leafHash(Buffer.from('another entry'));

        expect(isConsistent({ ...older, root: other }, newer, proof)).toBe(false);
        expect(isConsistent(older, { ...newer, root: other }, proof)).toBe(false);
        expect(isConsistent(older, newer, proof.with(some % proof.length, other))).toBe(false);
        expect(isConsistent(older, newer, proof.toSpliced(some % proof.length, 1))).toBe(false);
        expect(isConsistent(older, newer, [...proof, other])).toBe(false);
      }),
    );
  });

  it('never show that a tree shrank, or that two roots of one size agree', () => {
    const [small, large, other] = [mth(entriesUpTo(3)), mth(entriesUpTo(5)), leafHash(Buffer.from('x'))];
    expect(isConsistent({ size: 5, root: large }, { size: 3, root: small }, [])).toBe(false);
    expect(isConsistent({ size: 5, root: large }, { size: 5, root: other }, [])).toBe(false);
    expect(isConsistent({ size: 5, root: large }, { size: 5, root: large }, [])).toBe(true);
    expect(isConsistent({ size: 0, root: emptyRoot }, { size: 5, root: large }, [])).toBe(true);
    expect(isConsistent({ size: 0, root: other }, { size: 5, root: large }, [])).toBe(false);
    expect(isConsistent({ size: 0, root: emptyRoot }, { size: 5, root: large }, [other])).toBe(false);
  });

  it('stay exact in trees larger than 32-bit numbers count', () => {
    const size = 2 ** 40 + 1;
    expect(inclusionRanges(2 ** 40, size)).toEqual([{ begin: 0, end: 2 ** 40 }]);
    expect(inclusionRanges(2 ** 40 - 1, size)).toHaveLength(41);
    expect(consistencyRanges(2 ** 40, size)).toEqual([{ begin: 2 ** 40, end: size }]);
  });

  it.each([-1, 5, 6])('are refused for entry %i of 5', (index) => {
    expect(() => inclusionRanges(index, 5)).toThrow(RangeError);
    expect(isIncluded({ index, size: 5, leafHash: emptyRoot, root: emptyRoot }, [])).toBe(false);
  });

  it.each([-1, 6])('are refused from size %i to 5', (size) => {
    expect(() => consistencyRanges(size, 5)).toThrow(RangeError);
  });
});
