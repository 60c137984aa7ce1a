import { averageLinkage, type LinkMatrix, type Partition } from './average-linkage.js';
import { componentsOf } from './components.js';
import { jointPosterior, mostBlocks } from './joint-posterior.js';
import { clip } from './person-score.js';

/** Scored pairs of records 0 … n − 1, as parallel arrays. */
export interface ScoredPairs {
  readonly count: number;
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  /** Natural log-odds of a match. */
  readonly logOdds: Float32Array;
}

export interface Resolution {
  /** All pairs that are possible in the light of their neighbours, those of the input with new probabilities and some new ones. */
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly probability: Float32Array;
  /** Cluster of each record: the number of its first record. */
  readonly clusterOf: Uint32Array;
}

export interface ResolveOptions {
  /** Scores a pair that was no candidate (natural log-odds). Absent: `missing`. */
  readonly score?: (a: number, b: number) => number;
  /** Log-odds of a pair that was no candidate: mild evidence against. */
  readonly missing?: number;
  /** Whether two records may never stand in one cluster, nor be reported as a pair, whatever joins them. */
  readonly isVetoed?: (a: number, b: number) => boolean;
  /** Mean log-odds above which groups are joined: 0, which is even odds. */
  readonly joinAbove?: number;
  /** Whether a pair may be reported (two files are linked only across). */
  readonly isPairWanted?: (a: number, b: number) => boolean;
}

/** Records are in one component when a chain of pairs of this probability joins them; the next when a component is too large. */
const thresholds = [0.02, 0.1, 0.3, 0.6, 0.9, 0.99].map((p) => Math.log(p / (1 - p)));
/** Components above this are split at a higher threshold before they are laid out as a matrix. */
const largestMatrix = 1200;
const leastReported = 0.01;
/** Records whose mean log-odds are above this (a probability of 0.95) are one block before blocks are weighed together. */
const sure = Math.log(0.95 / 0.05);

/**
 * Lets the pairs of a file speak together: clusters by average linkage, and for every pair the probability in the light of all others
 * in its component (`jointPosterior`). Pairs of two different components keep their own.
 */
export function resolvePairs(records: number, pairs: ScoredPairs, options: ResolveOptions = {}): Resolution {
  const missing = options.missing ?? -1;
  const isPairWanted = options.isPairWanted ?? (() => true);
  const isVetoed = options.isVetoed ?? (() => false);
  const joinAbove = options.joinAbove ?? 0;
  const clusterOf = upTo(records);
  const out = { a: [] as number[], b: [] as number[], probability: [] as number[] };
  const report = (a: number, b: number, probability: number): void => {
    if (probability < leastReported || !isPairWanted(a, b) || isVetoed(a, b)) return;
    out.a.push(Math.min(a, b));
    out.b.push(Math.max(a, b));
    out.probability.push(Math.min(1, probability));
  };
  const place = new Int32Array(records).fill(-1);
  const resolve = (members: Uint32Array, own: Uint32Array, step: number): void => {
    for (const { nodes, inside, across } of componentsOf(members, own, pairs, thresholds[step] ?? Infinity, place)) {
      for (const pair of across)
        report(pairs.a[pair] as number, pairs.b[pair] as number, toProbability(pairs.logOdds[pair] as number));
      if (nodes.length === 1) continue;
      if (nodes.length === 2) {
        // Two records have nobody else to hear: what their pair says of itself holds, and most components are two.
        const first = nodes[0] as number;
        const second = nodes[1] as number;
        const logOdds = clipped(pairs.logOdds[inside[inside.length - 1] as number] as number);
        if (logOdds > joinAbove && !isVetoed(first, second))
          clusterOf[second] = clusterOf[first] = Math.min(first, second);
        report(first, second, toProbability(logOdds));
        continue;
      }
      const isLast = step + 1 === thresholds.length;
      if (nodes.length > largestMatrix && !isLast) {
        resolve(nodes, inside, step + 1);
        continue;
      }
      const matrix = layOut(nodes, inside, pairs, place, { ...options, missing, isVetoed });
      const { clusters, likely, blocks } = averageLinkage(matrix, mostBlocks, sure, joinAbove);
      if (blocks.length > mostBlocks && !isLast) {
        resolve(nodes, inside, step + 1);
        continue;
      }
      for (const cluster of clusters) {
        const first = Math.min(...cluster.map((i) => nodes[i] as number));
        for (const i of cluster) clusterOf[nodes[i] as number] = first;
      }
      reportComponent(nodes, matrix, blocks, likely, report);
    }
  };
  resolve(upTo(records), upTo(pairs.count), 0);
  return {
    a: Uint32Array.from(out.a),
    b: Uint32Array.from(out.b),
    probability: Float32Array.from(out.probability),
    clusterOf,
  };
}

function reportComponent(
  nodes: Uint32Array,
  matrix: LinkMatrix,
  blocks: Partition,
  likely: Partition,
  report: (a: number, b: number, p: number) => void,
): void {
  const n = blocks.length;
  const clusterOfBlock = blocks.map(([first]) => likely.findIndex((cluster) => cluster.includes(first ?? -1)));
  const together = n <= mostBlocks ? jointPosterior(matrix, blocks, clusterOfBlock) : undefined;
  blocks.forEach((block, i) => {
    block.forEach((x, at) => {
      for (const y of block.slice(at + 1))
        report(nodes[x] as number, nodes[y] as number, insideProbability(matrix, block, x, y));
      for (let j = i + 1; j < n; j++) {
        for (const y of blocks[j] ?? []) {
          const own = matrix.logOdds[x * matrix.size + y] as number;
          report(nodes[x] as number, nodes[y] as number, together?.[i * n + j] ?? toProbability(own));
        }
      }
    });
  });
}

/** Two records of one block: their own odds, or what the rest of the block says of either if that is more. */
function insideProbability({ size, logOdds }: LinkMatrix, block: readonly number[], x: number, y: number): number {
  const meanOf = (record: number): number => {
    let sum = 0;
    for (const other of block) if (other !== record) sum += logOdds[record * size + other] as number;
    return sum / (block.length - 1);
  };
  return toProbability(Math.max(logOdds[x * size + y] as number, Math.min(meanOf(x), meanOf(y))));
}

function layOut(
  nodes: Uint32Array,
  inside: Uint32Array,
  pairs: ScoredPairs,
  place: Int32Array,
  { missing, score, isVetoed }: ResolveOptions & Required<Pick<ResolveOptions, 'missing' | 'isVetoed'>>,
): LinkMatrix {
  const size = nodes.length;
  const logOdds = new Float64Array(size * size).fill(NaN);
  nodes.forEach((node, i) => (place[node] = i));
  for (const pair of inside) {
    const i = place[pairs.a[pair] as number] as number;
    const j = place[pairs.b[pair] as number] as number;
    logOdds[i * size + j] = logOdds[j * size + i] = clipped(pairs.logOdds[pair] as number);
  }
  const scoreOf = (a: number, b: number): number => (score === undefined ? missing : clipped(score(a, b)));
  nodes.forEach((a, i) => {
    logOdds[i * size + i] = 0;
    for (let j = i + 1; j < size; j++) {
      const b = nodes[j] as number;
      const known = logOdds[i * size + j] as number;
      const value = isVetoed(a, b) ? -Infinity : Number.isNaN(known) ? scoreOf(a, b) : known;
      logOdds[i * size + j] = logOdds[j * size + i] = value;
    }
  });
  return { size, logOdds };
}

/** 0 … n − 1. */
function upTo(n: number): Uint32Array {
  const numbers = new Uint32Array(n);
  for (let i = 0; i < n; i++) numbers[i] = i;
  return numbers;
}

const clipped = (logOdds: number): number => Math.max(-clip, Math.min(clip, logOdds));
const toProbability = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
