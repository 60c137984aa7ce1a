import { compareRecords } from '../compare/compare-records.js';
import { isVetoed } from '../compare/fields.js';
import { type CompiledModel, compileModel, type MatchModel } from '../model/match-model.js';
import { type Frequencies, logOddsOfMatch, scoreLevels, type ValueShares } from '../model/score-pair.js';
import { cannotReach, createWeightBound } from '../model/weight-bound.js';
import { type FileBlocks, forEachCandidate } from '../train/candidate-pairs.js';
import { type DrawnPairs } from '../train/draw-pairs.js';
import { type ScoredPairs } from '../cluster/resolve-pairs.js';
import { allPairsOf, pairFilter, type RecordFile } from './record-file.js';

export interface PairScorer {
  /** Natural log-odds that two records, by number, are one person; −∞ where they state that they are two (`isVetoed`). */
  readonly score: (a: number, b: number) => number;
  /** The same, or −∞ for a pair that is seen to be below `least` before it is compared in full. */
  readonly scoreFrom: (a: number, b: number, least: number) => number;
}

/** A scorer of the pairs of a file; it keeps scratch of its own, so make one for each thread. */
export function createPairScorer(file: RecordFile, model: MatchModel, shares: ValueShares | undefined): PairScorer {
  const { comparer, fields } = file;
  const { compiled, frequencies, logStrangers } = scaleOf(file, model, shares);
  const levels = new Uint8Array(fields.length);
  const scores = new Float64Array(5);
  const bound = createWeightBound(compiled);
  const score = (rowA: number, rowB: number): number => {
    compareRecords(comparer, rowA, rowB, levels, 0);
    if (isVetoed(levels)) return -Infinity;
    scoreLevels(compiled, levels, 0, fields.length, frequencies, rowA, rowB, logStrangers, scores);
    return logOddsOfMatch(scores);
  };
  return {
    score: (a, b) => score(file.rows[a] as number, file.rows[b] as number),
    scoreFrom: (a, b, least) => {
      const rowA = file.rows[a] as number;
      const rowB = file.rows[b] as number;
      if (cannotReach(bound, comparer, compiled, frequencies, rowA, rowB, logStrangers, least)) return -Infinity;
      return score(rowA, rowB);
    },
  };
}

/** What the levels of a pair are weighed by in one file. */
function scaleOf(
  file: RecordFile,
  model: MatchModel,
  shares: ValueShares | undefined,
): { compiled: CompiledModel; frequencies: Frequencies; logStrangers: number } {
  return {
    compiled: compileModel(model, file.fields),
    frequencies: { store: file.comparer.store, shares, logRecords: Math.log(file.size) },
    logStrangers: Math.log((2 * allPairsOf(file)) / file.size),
  };
}

export interface ScoreOptions {
  /** Records to take as the earlier of each pair: numbers `from` … `to` − 1. */
  readonly from?: number;
  readonly to?: number;
  /** Keep pairs from this probability on. */
  readonly minProbability?: number;
}

/**
 * Compares the candidates of a range of records and keeps the pairs that are possible. Ranges can be scored by several threads at once:
 * everything read is in shared memory.
 */
export function scoreCandidates(
  file: RecordFile,
  blocks: FileBlocks,
  scorer: PairScorer,
  stamps: Uint32Array,
  options: ScoreOptions = {},
): ScoredPairs & { readonly compared: number } {
  const least = options.minProbability ?? 0.001;
  const leastLogOdds = Math.log(least / (1 - least));
  const isPairWanted = pairFilter(file);
  const a: number[] = [];
  const b: number[] = [];
  const logOdds: number[] = [];
  let compared = 0;
  for (let number = options.from ?? 0; number < (options.to ?? file.size); number++) {
    const row = file.rows[number] as number;
    forEachCandidate(blocks, row, stamps, (other) => {
      if (!isPairWanted(row, other)) return;
      compared++;
      const score = scorer.scoreFrom(number, file.numbers[other] as number, leastLogOdds);
      if (score < leastLogOdds) return;
      a.push(number);
      b.push(file.numbers[other] as number);
      logOdds.push(score);
    });
  }
  return {
    count: a.length,
    a: Uint32Array.from(a),
    b: Uint32Array.from(b),
    logOdds: Float32Array.from(logOdds),
    compared,
  };
}

/**
 * Weighs all candidates of a file from the levels they were given when a model was learnt from every one of them: the same pairs, in the
 * same order, as `scoreCandidates` makes of comparing them once more.
 */
export function scoreCompared(
  file: RecordFile,
  drawn: DrawnPairs,
  model: MatchModel,
  shares: ValueShares | undefined,
  minProbability = 0.001,
): ScoredPairs & { readonly compared: number } {
  const width = file.fields.length;
  const { compiled, frequencies, logStrangers } = scaleOf(file, model, shares);
  const leastLogOdds = Math.log(minProbability / (1 - minProbability));
  const scores = new Float64Array(5);
  const kept: number[] = [];
  const all = new Float32Array(drawn.count);
  for (let i = 0; i < drawn.count; i++) {
    const rowA = drawn.a[i] as number;
    const rowB = drawn.b[i] as number;
    if (isVetoed(drawn.levels, i * width)) continue;
    scoreLevels(compiled, drawn.levels, i * width, width, frequencies, rowA, rowB, logStrangers, scores);
    const logOdds = logOddsOfMatch(scores);
    if (logOdds < leastLogOdds) continue;
    all[i] = logOdds;
    kept.push(i);
  }
  kept.sort((i, j) => (drawn.a[i] as number) - (drawn.a[j] as number));
  const numbersOf = (rows: Uint32Array): Uint32Array =>
    Uint32Array.from(kept, (i) => file.numbers[rows[i] as number] as number);
  return {
    count: kept.length,
    a: numbersOf(drawn.a),
    b: numbersOf(drawn.b),
    logOdds: Float32Array.from(kept, (i) => all[i] as number),
    compared: drawn.count,
  };
}
