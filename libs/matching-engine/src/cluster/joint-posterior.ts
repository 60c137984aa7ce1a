import { type LinkMatrix, type Partition } from './average-linkage.js';
import { overlap } from './person-score.js';

/** The most blocks whose divisions are summed over: 3ⁿ steps, half a million at twelve. */
export const mostBlocks = 12;

/**
 * What the records of one component say together: the probability that two blocks belong to one person, over all ways to divide the
 * blocks among people, each way weighed by exp(Σ log-odds of the pairs it puts together).
 *
 * A pair of records has its own log-odds, but a third record that surely is both makes them one, and one that surely is the one and
 * surely not the other keeps them apart: the marginals of this distribution (pairwise Markov random field over partitions, as in
 * McCallum & Wellner 2004) say how far. They are exact: with S a set of blocks, f(S) its sum of log-odds, Z(S) = Σ over T ⊆ S that
 * hold the first of S of exp f(T) · Z(S∖T), and two blocks are together with Σ over T that hold both of exp f(T) · Z(rest) ÷ Z(all).
 *
 * @param clusterOfBlock a likely division, by block: weights are taken relative to it, or they overflow where people have many records.
 * @returns symmetric n × n probabilities for n blocks.
 * @throws RangeError for more than `mostBlocks` blocks.
 */
export function jointPosterior(matrix: LinkMatrix, blocks: Partition, clusterOfBlock: readonly number[]): Float64Array {
  const n = blocks.length;
  if (n > mostBlocks) throw new RangeError('too many blocks to sum over their divisions');
  const between = blockSums(matrix, blocks);
  const level = levelOf(between, clusterOfBlock);
  const sets = 1 << n;
  const sum = new Float64Array(sets);
  const weight = new Float64Array(sets);
  for (let set = 1; set < sets; set++) {
    const first = 31 - Math.clz32(set & -set);
    const rest = set & (set - 1);
    let total = (sum[rest] as number) - (level[first] as number);
    for (let j = 0; j < n; j++) if (((rest >> j) & 1) === 1) total += between[first * n + j] as number;
    sum[set] = total;
    weight[set] = Math.exp(Math.max(-600, Math.min(total, 50)));
  }
  const ways = new Float64Array(sets);
  ways[0] = 1;
  for (let set = 1; set < sets; set++) {
    const first = set & -set;
    const rest = set ^ first;
    let total = 0;
    for (let part = rest; ; part = (part - 1) & rest) {
      total += (weight[part | first] as number) * (ways[rest ^ part] as number);
      if (part === 0) break;
    }
    ways[set] = total;
  }
  const together = new Float64Array(n * n);
  const all = sets - 1;
  for (let set = 1; set < sets; set++) {
    const share = ((weight[set] as number) * (ways[all ^ set] as number)) / (ways[all] as number);
    if (share < 1e-12) continue;
    for (let i = 0; i < n; i++) {
      if (((set >> i) & 1) === 0) continue;
      for (let j = 0; j < n; j++)
        if (((set >> j) & 1) === 1) together[i * n + j] = (together[i * n + j] as number) + share;
    }
  }
  return together;
}

/**
 * What to take off each block's weight: half its log-odds to the others of its cluster. A division uses every block once, so this is one
 * factor common to all, and the likely division itself weighs 1.
 */
function levelOf(between: Float64Array, clusterOfBlock: readonly number[]): Float64Array {
  const n = clusterOfBlock.length;
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++)
      if (j !== i && clusterOfBlock[i] === clusterOfBlock[j]) sum += between[i * n + j] as number;
    return sum / 2;
  });
}

/** Sums of log-odds between blocks, less their overlap; what is inside a block is common to all divisions and left out. */
function blockSums({ size, logOdds }: LinkMatrix, blocks: Partition): Float64Array {
  const n = blocks.length;
  const sums = new Float64Array(n * n);
  blocks.forEach((a, i) => {
    blocks.forEach((b, j) => {
      if (i === j) return;
      for (const x of a)
        for (const y of b) sums[i * n + j] = (sums[i * n + j] as number) + (logOdds[x * size + y] as number);
      sums[i * n + j] = (sums[i * n + j] as number) / (a.length * b.length) ** overlap;
    });
  });
  return sums;
}
