import { compareRecords } from '../compare/compare-records.js';
import { isVetoed } from '../compare/fields.js';
import { compileModel, type MatchModel } from '../model/match-model.js';
import {
  type Frequencies,
  logOddsOfMatch,
  scoreLevels,
  strangerCorrection,
  toPosteriors,
} from '../model/score-pair.js';
import { type Explanation, explainLevels } from '../search/explain.js';
import { allPairsOf, type RecordFile } from './record-file.js';

/** What a model makes of one pair of records of a file. */
export interface PairExplanation {
  /** Calibrated P(same person) from the pair's own fields, in the absence of a veto. */
  readonly probability: number;
  /** log₂ of the posterior odds of a match against everything else. */
  readonly weightBits: number;
  /** Whether the two state that they are two people (Jr beside Sr): a batch never puts them together, whatever the probability. */
  readonly isVetoed: boolean;
  readonly posterior: Readonly<Record<'match' | 'kin' | 'twin' | 'namesake' | 'stranger', number>>;
  readonly explanation: Explanation;
}

/** Explains a pair of records, by number, on its own: without what other records of the same people say. */
export function explainPair(file: RecordFile, model: MatchModel, a: number, b: number): PairExplanation {
  const { comparer, fields } = file;
  const compiled = compileModel(model, fields);
  const frequencies: Frequencies = { store: comparer.store, shares: undefined, logRecords: Math.log(file.size) };
  const logStrangers = Math.log((2 * allPairsOf(file)) / file.size);
  const levels = new Uint8Array(fields.length);
  const scores = new Float64Array(5);
  const rowA = file.rows[a] as number;
  const rowB = file.rows[b] as number;
  compareRecords(comparer, rowA, rowB, levels, 0);
  scoreLevels(compiled, levels, 0, fields.length, frequencies, rowA, rowB, logStrangers, scores);
  const weightBits = logOddsOfMatch(scores) / Math.LN2;
  const probability = toPosteriors(scores);
  const correction = strangerCorrection(compiled, levels, 0, frequencies, rowA, rowB);
  const [match = 0, kin = 0, twin = 0, namesake = 0, stranger = 0] = scores;
  return {
    probability,
    weightBits,
    isVetoed: isVetoed(levels),
    posterior: { match, kin, twin, namesake, stranger },
    explanation: explainLevels(compiled, fields, levels, scores, logStrangers, correction),
  };
}
