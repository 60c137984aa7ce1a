/** Who is who: record numbers by identifier (one map a file), and the person and the file of each record. */
export interface TruthTable {
  readonly numbers: readonly ReadonlyMap<string, number>[];
  readonly people: readonly string[];
  readonly sides: readonly number[];
}

export interface Quality {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface JudgedPair {
  readonly a: number;
  readonly b: number;
  readonly probability: number;
}

/** Precision, recall and F1 of `found` pairs of which `right` are right, of `all` there are. */
export function qualityOf(right: number, found: number, all: number): Quality {
  const precision = found === 0 ? 1 : right / found;
  const recall = all === 0 ? 1 : right / all;
  return { precision, recall, f1: right === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

const isRight = ({ people }: TruthTable, { a, b }: JudgedPair): boolean => people[a] === people[b];
const pairsOf = (count: number): number => (count * (count - 1)) / 2;

/** Pairs of the same group, all of them or (of two files) only those across. */
function countPairs({ sides }: TruthTable, groupOf: readonly string[], isLink: boolean): number {
  const counts = new Map<string, [number, number]>();
  groupOf.forEach((group, number) => {
    const count = counts.get(group) ?? [0, 0];
    count[sides[number] === 1 ? 1 : 0]++;
    counts.set(group, count);
  });
  let total = 0;
  for (const [left, right] of counts.values()) total += isLink ? left * right : pairsOf(left + right);
  return total;
}

const isLinkOf = ({ numbers }: TruthTable): boolean => numbers.length > 1;

/** Quality of pairs at a threshold, and at the threshold that gives the best F1. */
export function pairQuality(
  truth: TruthTable,
  pairs: readonly JudgedPair[],
  threshold: number,
): { atThreshold: Quality; best: Quality; bestThreshold: number } {
  const all = countPairs(truth, truth.people, isLinkOf(truth));
  const sorted = [...pairs].sort((x, y) => y.probability - x.probability);
  let right = 0;
  let best = qualityOf(0, 0, all);
  let bestThreshold = 1;
  let atThreshold = qualityOf(0, 0, all);
  sorted.forEach((pair, i) => {
    if (isRight(truth, pair)) right++;
    const quality = qualityOf(right, i + 1, all);
    if (pair.probability >= threshold) atThreshold = quality;
    if (quality.f1 > best.f1 && sorted[i + 1]?.probability !== pair.probability) {
      best = quality;
      bestThreshold = pair.probability;
    }
  });
  return { atThreshold, best, bestThreshold };
}

/** Pairwise quality of clusters: of all pairs put together, and of all that belong together. */
export function clusterQuality(truth: TruthTable, clusterOf: readonly string[]): Quality {
  const isLink = isLinkOf(truth);
  const both = clusterOf.map((cluster, number) => `${cluster}\u0000${truth.people[number]}`);
  return qualityOf(
    countPairs(truth, both, isLink),
    countPairs(truth, clusterOf, isLink),
    countPairs(truth, truth.people, isLink),
  );
}

export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly pairs: number;
  /** Mean of the probabilities given. */
  readonly mean: number;
  /** Share of the pairs that are matches. */
  readonly right: number;
}

const edges = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];

/** Bins of probability: of the pairs given 0.95, are 95 in 100 matches? */
export function calibrationTable(truth: TruthTable, pairs: readonly JudgedPair[]): readonly CalibrationBin[] {
  return edges.slice(0, -1).map((from, i) => {
    const to = edges[i + 1] ?? 1;
    const inside = pairs.filter(({ probability }) => probability >= from && (probability < to || to === 1));
    const sum = inside.reduce((total, { probability }) => total + probability, 0);
    const right = inside.filter((pair) => isRight(truth, pair)).length;
    return {
      from,
      to,
      pairs: inside.length,
      mean: sum / Math.max(1, inside.length),
      right: right / Math.max(1, inside.length),
    };
  });
}
