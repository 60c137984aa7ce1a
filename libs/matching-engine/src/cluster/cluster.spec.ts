import fc from 'fast-check';

import { averageLinkage, type LinkMatrix } from './average-linkage.js';
import { jointPosterior } from './joint-posterior.js';
import { decidePersonLink, personEvidence, personProbability } from './person-score.js';
import { resolvePairs, type ScoredPairs } from './resolve-pairs.js';

const matrixOf = (size: number, pairs: readonly (readonly [number, number, number])[], rest = -1): LinkMatrix => {
  const logOdds = new Float64Array(size * size).fill(rest);
  for (let i = 0; i < size; i++) logOdds[i * size + i] = 0;
  for (const [a, b, score] of pairs) logOdds[a * size + b] = logOdds[b * size + a] = score;
  return { size, logOdds };
};
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
    ['one that forbids it', [0.9999, 0.9999, 0.005], 3, 'review'],
    ['some doubt', [0.8, 0.7], 2, 'apart'],
    ['little', [0.02], 1, 'apart'],
    ['half a chance', [0.5], 1, 'review'],
  ])('%s', (_, probabilities, pairs, expected) => {
    const decision = decidePersonLink(personEvidence(probabilities, pairs));
    expect(decision === 'link').toBe(expected === 'link');
    if (expected === 'review') expect(decision).toBe('review');
  });

  it('counts records the search did not bring up as mild evidence against', () => {
    expect(personEvidence([0.9], 5).mean).toBeLessThan(personEvidence([0.9], 1).mean);
    expect(personProbability(personEvidence([0.8], 1))).toBeCloseTo(0.8, 9);
  });
});
