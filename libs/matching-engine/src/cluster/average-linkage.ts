/**
 * Symmetric log-odds between the members of one component, row-major n × n, natural logarithms, clipped by the caller. −∞ is a veto: the
 * two never stand in one group.
 */
export interface LinkMatrix {
  readonly size: number;
  readonly logOdds: Float64Array;
}

/** A division of the members 0 … n − 1 into groups. */
export type Partition = readonly (readonly number[])[];

export interface Linkage {
  /** The groups when no two of them had a mean above what was asked for any more. */
  readonly clusters: Partition;
  /** The groups when no mean was above 0 any more: the likeliest division. */
  readonly likely: Partition;
  /** The groups when at most `blocks` of them were left and no mean was above `sure`, or `likely`: what surely belongs together. */
  readonly blocks: Partition;
}

/**
 * Agglomerative clustering by average linkage (UPGMA, Sokal & Michener 1958) of clipped log-odds: the two groups with the greatest mean
 * log-odds over all pairs across are joined while that mean is above 0, which is even odds. A chain of look-alikes does not grow
 * together, as it would by transitive closure, because every pair across has its say.
 *
 * @param above where joining ends for `clusters` instead: a mean log-odds, higher for surer clusters.
 */
export function averageLinkage({ size, logOdds }: LinkMatrix, blocks: number, sure = Infinity, above = 0): Linkage {
  const mean = logOdds.slice();
  const groups: (number[] | undefined)[] = Array.from({ length: size }, (_, i) => [i]);
  const best = new Int32Array(size).fill(-1);
  const findBest = (i: number): void => {
    let top = -Infinity;
    best[i] = -1;
    for (let j = 0; j < size; j++) {
      if (j === i || groups[j] === undefined) continue;
      const value = mean[i * size + j] as number;
      if (value > top) {
        top = value;
        best[i] = j;
      }
    }
  };
  for (let i = 0; i < size; i++) findBest(i);
  let left = size;
  let clusters: Partition | undefined;
  let likely: Partition | undefined;
  let kept: Partition | undefined;
  for (;;) {
    let from = -1;
    let top = Math.min(0, above);
    for (let i = 0; i < size; i++) {
      const j = best[i] as number;
      if (groups[i] === undefined || j < 0 || (mean[i * size + j] as number) <= top) continue;
      top = mean[i * size + j] as number;
      from = i;
    }
    if (left <= blocks && top < sure) kept ??= snapshot(groups);
    if (top <= above) clusters ??= snapshot(groups);
    if (top <= 0) likely ??= snapshot(groups);
    if (from < 0) break;
    join(from, best[from] as number);
    left--;
  }
  const last = snapshot(groups);
  return { clusters: clusters ?? last, likely: likely ?? last, blocks: kept ?? likely ?? last };

  function join(a: number, b: number): void {
    const groupA = groups[a] as number[];
    const groupB = groups[b] as number[];
    for (let j = 0; j < size; j++) {
      if (j === a || j === b || groups[j] === undefined) continue;
      const joined =
        ((mean[a * size + j] as number) * groupA.length + (mean[b * size + j] as number) * groupB.length) /
        (groupA.length + groupB.length);
      mean[a * size + j] = joined;
      mean[j * size + a] = joined;
    }
    groupA.push(...groupB);
    groups[b] = undefined;
    findBest(a);
    for (let j = 0; j < size; j++) {
      if (groups[j] === undefined || j === a) continue;
      if (best[j] === a || best[j] === b) findBest(j);
      else if (best[j] !== -1 && (mean[j * size + a] as number) > (mean[j * size + (best[j] as number)] as number))
        best[j] = a;
    }
  }
}

function snapshot(groups: readonly (readonly number[] | undefined)[]): Partition {
  return groups.filter((group) => group !== undefined).map((group) => [...group]);
}
