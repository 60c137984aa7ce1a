import fc from 'fast-check';

import { averageLinkage, type LinkMatrix } from './average-linkage.js';
import { jointPosterior } from './joint-posterior.js';
import {
  decidePersonLink,
  defaultLinkRule,
  type PersonEvidence,
  personEvidence,
  personProbability,
} from './person-score.js';
import { resolvePairs, type ScoredPairs } from './resolve-pairs.js';

const matrixOf = (size: number, pairs: readonly (readonly [number, number, number])[], rest = -1): LinkMatrix => {
  const logOdds = new Float64Array(size * size).fill(rest);
  for (let i = 0; i < size; i++) logOdds[i * size + i] = 0;
  for (const [a, b, score] of pairs) logOdds[a * size + b] = logOdds[b * size + a] = score;
  return { size, logOdds };
};
const evidenceOf = (probabilities: readonly number[], pairs: number): PersonEvidence =>
  personEvidence(
    probabilities.map((probability) => ({ probability })),
    pairs,
  );
const singles = (n: number): number[][] => Array.from({ length: n }, (_, i) => [i]);
const scored = (pairs: readonly (readonly [number, number, number])[]): ScoredPairs => ({
  count: pairs.length,
  a: Uint32Array.from(pairs, ([a]) => a),
  b: Uint32Array.from(pairs, ([, b]) => b),
  logOdds: Float32Array.from(pairs, ([, , score]) => score),
});

/** All partitions of n blocks, one by one, to check the sum over subsets against. */
function* partitions(n: number, groups: number[][] = [], at = 0): Generator<number[][]> {
  if (at === n) {
    yield groups.map((group) => [...group]);
    return;
  }
  for (const group of groups) {
    group.push(at);
    yield* partitions(n, groups, at + 1);
    group.pop();
  }
  groups.push([at]);
  yield* partitions(n, groups, at + 1);
  groups.pop();
}

describe('jointPosterior', () => {
  it('is the pair itself for two', () => {
    expect(jointPosterior(matrixOf(2, [[0, 1, Math.log(3)]]), singles(2), [0, 1])[1]).toBeCloseTo(0.75, 12);
  });

  it('equals the sum over all partitions, written out', () => {
    const scores = fc.array(
      fc.integer({ min: -40, max: 40 }).map((x) => x / 10),
      { minLength: 10, maxLength: 10 },
    );
    fc.assert(
      fc.property(scores, (values) => {
        const n = 5;
        let k = 0;
        const pairs: [number, number, number][] = [];
        for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) pairs.push([i, j, values[k++]!]);
        const matrix = matrixOf(n, pairs);
        let all = 0;
        const together = new Float64Array(n * n);
        for (const groups of partitions(n)) {
          let sum = 0;
          for (const group of groups)
            for (const i of group) for (const j of group) if (i < j) sum += matrix.logOdds[i * n + j]!;
          all += Math.exp(sum);
          for (const group of groups)
            for (const i of group) for (const j of group) if (i < j) together[i * n + j]! += Math.exp(sum);
        }
        const joint = jointPosterior(matrix, singles(n), [0, 0, 1, 1, 2]);
        for (const [i, j] of pairs) expect(joint[i * n + j]).toBeCloseTo(together[i * n + j]! / all, 9);
      }),
      { numRuns: 50 },
    );
  });

  it('does not take the pairs of two blocks for independent: copies say less than their number', () => {
    const x = 0.5;
    const pairs = [0, 1, 2].flatMap((a) => [3, 4].map((b): [number, number, number] => [a, b, x]));
    const blocks = [
      [0, 1, 2],
      [3, 4],
    ];
    const together = jointPosterior(matrixOf(5, pairs, 9), blocks, [0, 1])[1]!;
    expect(together).toBeCloseTo(1 / (1 + Math.exp(-(6 * x) / 6 ** 0.1)), 9);
    expect(together).toBeLessThan(1 / (1 + Math.exp(-6 * x)));
  });

  it('does not overflow where people have many records', () => {
    const pairs: [number, number, number][] = [];
    for (let i = 0; i < 12; i++) for (let j = i + 1; j < 12; j++) pairs.push([i, j, 10]);
    const blocks = singles(12).map(([i]) => [i!]);
    expect(
      [
        ...jointPosterior(
          matrixOf(12, pairs),
          blocks,
          blocks.map(() => 0),
        ),
      ].every((p) => p > 0.999 && p < 1.001),
    ).toBe(true);
  });
});

describe('averageLinkage', () => {
  it('does not chain: two people joined by one look-alike stay two', () => {
    const { clusters } = averageLinkage(
      matrixOf(
        4,
        [
          [0, 1, 8],
          [2, 3, 8],
          [1, 2, 3],
        ],
        -6,
      ),
      1,
    );
    expect(clusters.map((group) => [...group].sort())).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('keeps as blocks what surely belongs together, and joins the rest in clusters alone', () => {
    const pairs: [number, number, number][] = [
      [0, 1, 8],
      [2, 3, 8],
      [0, 2, 2],
      [0, 3, 2],
      [1, 2, 2],
      [1, 3, 2],
    ];
    const { blocks, clusters } = averageLinkage(matrixOf(4, pairs), 12, 3);
    expect(blocks.map((group) => [...group].sort())).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(clusters.map((group) => [...group].sort())).toEqual([[0, 1, 2, 3]]);
    expect(averageLinkage(matrixOf(4, pairs), 12).blocks).toHaveLength(4);
  });

  it('does not depend on the order of records', () => {
    const scores = fc.uniqueArray(fc.integer({ min: -9000, max: 9000 }), { minLength: 15, maxLength: 15 });
    fc.assert(
      fc.property(scores, fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), (values, order) => {
        let k = 0;
        const pairs: [number, number, number][] = [];
        for (let i = 0; i < 6; i++)
          for (let j = i + 1; j < 6; j++) pairs.push([i, j, values[k]! / 1000 + Math.sqrt(++k) / 7919]);
        const shape = (groups: readonly (readonly number[])[]): string =>
          groups
            .map((group) => [...group].sort().join())
            .sort()
            .join(';');
        const plain = averageLinkage(matrixOf(6, pairs), 1).clusters;
        const moved = averageLinkage(
          matrixOf(
            6,
            pairs.map(([a, b, s]) => [order.indexOf(a), order.indexOf(b), s] as const),
          ),
          1,
        ).clusters;
        expect(shape(moved.map((group) => group.map((i) => order[i]!)))).toBe(shape(plain));
      }),
    );
  });
});

describe('resolvePairs', () => {
  it('lets a third record join two that alone would be doubtful', () => {
    const { a, b, probability } = resolvePairs(
      3,
      scored([
        [0, 1, 0],
        [0, 2, 6],
        [1, 2, 6],
      ]),
    );
    const of = (x: number, y: number): number => probability[[...a].findIndex((left, i) => left === x && b[i] === y)]!;
    expect(of(0, 1)).toBeGreaterThan(0.95);
  });

  it('lets a third record part two that alone would be joined', () => {
    const { a, b, probability, clusterOf } = resolvePairs(
      3,
      scored([
        [0, 1, 1],
        [0, 2, 8],
        [1, 2, -6],
      ]),
    );
    const at = [...a].findIndex((left, i) => left === 0 && b[i] === 1);
    expect(probability[at] ?? 0).toBeLessThan(0.1);
    expect(clusterOf[1]).not.toBe(clusterOf[0]);
    expect(clusterOf[2]).toBe(clusterOf[0]);
  });

  it('gives a lone pair its own probability and leaves others alone', () => {
    const { probability, clusterOf } = resolvePairs(4, scored([[0, 1, Math.log(4)]]));
    expect(probability[0]).toBeCloseTo(0.8, 6);
    expect([...clusterOf]).toEqual([0, 0, 2, 3]);
  });

  it('never puts two together that are vetoed, by whomever they are joined, and does not report them', () => {
    const isVetoed = (a: number, b: number): boolean => Math.min(a, b) === 0 && Math.max(a, b) === 2;
    const bridged = scored([
      [0, 1, 6],
      [1, 2, 9],
      [0, 2, 8],
    ]);
    expect([...resolvePairs(3, bridged).clusterOf]).toEqual([0, 0, 0]);
    const { a, b, clusterOf } = resolvePairs(3, bridged, { isVetoed });
    expect([...clusterOf]).toEqual([0, 1, 1]);
    expect([...a].map((left, i) => `${left}-${b[i]}`)).not.toContain('0-2');
    expect([...resolvePairs(3, scored([[0, 2, 8]]), { isVetoed }).clusterOf]).toEqual([0, 1, 2]);
  });

  it('holds every veto in components of any shape', () => {
    const pair = fc.tuple(
      fc.nat(11),
      fc.nat(11),
      fc.integer({ min: -20, max: 90 }).map((x) => x / 10),
    );
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 60, size: 'max' }), fc.nat(11), (drawn, modulus) => {
        const pairs = drawn.filter(([x, y]) => x < y);
        const isVetoed = (x: number, y: number): boolean => x !== y && (x * y) % 12 === modulus;
        const { clusterOf, probability, a, b } = resolvePairs(12, scored(pairs), { isVetoed });
        for (let x = 0; x < 12; x++)
          for (let y = x + 1; y < 12; y++) if (isVetoed(x, y)) expect(clusterOf[x]).not.toBe(clusterOf[y]);
        expect([...a.keys()].some((i) => isVetoed(a[i]!, b[i]!))).toBe(false);
        expect(probability.every((p) => p >= 0.01 && p <= 1)).toBe(true);
      }),
    );
  });

  it('makes surer clusters of the same pairs when asked to', () => {
    const doubtful = scored([
      [0, 1, 1],
      [2, 3, 5],
      [2, 4, 5],
      [3, 4, 5],
      [5, 6, 1],
      [5, 7, 1],
      [6, 7, 1],
    ]);
    const [plain, sure, lax] = [0, 2, -20].map((joinAbove) => resolvePairs(8, doubtful, { joinAbove }));
    expect([...plain!.clusterOf]).toEqual([0, 0, 2, 2, 2, 5, 5, 5]);
    expect([...sure!.clusterOf]).toEqual([0, 1, 2, 2, 2, 5, 6, 7]);
    for (const other of [sure!, lax!]) expect(other.probability).toEqual(plain!.probability);
  });

  it('reports finite probabilities for components of any size', () => {
    const pairs: [number, number, number][] = [];
    for (let i = 0; i < 40; i++) for (let j = i + 1; j < 40; j++) pairs.push([i, j, i % 3 === j % 3 ? 9 : -3]);
    pairs.push([0, 41, 0]);
    const { probability, clusterOf } = resolvePairs(42, scored(pairs));
    expect(probability.every((p) => p >= 0.01 && p <= 1)).toBe(true);
    expect(new Set(clusterOf.slice(0, 40)).size).toBe(3);
  });
});

describe('the live rule for a person', () => {
  it.each([
    ['two records that agree', [0.99, 0.98], 2, 'link'],
    ['three that each are likely', [0.8, 0.8, 0.8], 3, 'link'],
    ['one that forbids it', [0.9999, 0.9999, 0.005], 3, 'review'],
    ['some doubt', [0.8, 0.7], 2, 'review'],
    ['half a chance', [0.5], 1, 'review'],
    ['little', [0.02], 1, 'apart'],
    ['one record of many', [0.6], 8, 'review'],
    ['nothing found', [], 2, 'review'],
    ['records that all speak against it', [0.02, 0.03], 2, 'apart'],
    ['one that is surely the same among many that are not', [0.96, 0.02, 0.02, 0.02], 4, 'review'],
  ] as const)('%s', (_, probabilities, pairs, expected) =>
    expect(decidePersonLink(evidenceOf(probabilities, pairs))).toBe(expected),
  );

  it('links nobody whom a stated suffix contradicts, however probable; a person is asked', () => {
    const sure = { probability: 0.9999 };
    expect(decidePersonLink(personEvidence([sure, sure], 2))).toBe('link');
    expect(decidePersonLink(personEvidence([sure, { ...sure, isVetoed: true }], 2))).toBe('review');
  });

  it('decides by the probability that it tells: linked from the threshold on, and only then', () => {
    const linkAt = 1 / (1 + Math.exp(-defaultLinkRule.linkAtSum));
    const found = fc.array(fc.double({ min: 0.011, max: 0.9999, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(found, fc.nat(4), (probabilities, missing) => {
        const evidence = evidenceOf(probabilities, probabilities.length + missing);
        expect(decidePersonLink(evidence) === 'link').toBe(personProbability(evidence) >= linkAt);
      }),
    );
  });

  it('does not take the records of one person for as many witnesses', () => {
    const alone = Math.log(0.8 / 0.2);
    expect(evidenceOf([0.8, 0.8, 0.8], 3).logOdds).toBeCloseTo((3 * alone) / 3 ** 0.1, 9);
  });

  it('counts records the search did not bring up as mild evidence against', () => {
    expect(evidenceOf([0.9], 5).mean).toBeLessThan(evidenceOf([0.9], 1).mean);
    expect(personProbability(evidenceOf([0.8], 1))).toBeCloseTo(0.8, 9);
  });
});
