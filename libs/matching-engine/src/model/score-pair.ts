import { field } from '../compare/fields.js';
import { type RecordStore } from '../index/record-store.js';
import { column, rowInts } from '../index/row-layout.js';
import { type CompiledModel, levelStride } from './match-model.js';

/** How often each value occurs, as the natural logarithm of its share of records; one array a role, by code (dates by packed date). */
export interface ValueShares {
  readonly given: Float32Array;
  readonly middle: Float32Array;
  readonly family: Float32Array;
  readonly birthDate: Float32Array;
}

/** Where scoring finds how rare a value is: weighted shares of a batch, or the live counts. */
export interface Frequencies {
  readonly store: RecordStore;
  readonly shares: ValueShares | undefined;
  /** Natural logarithm of the number of records. */
  readonly logRecords: number;
}

/** The four log joint scores of a pair, written to `out`: match, kin, namesake, stranger (natural logarithms). */
export type ClassScores = Float64Array;

/**
 * Scores a level vector: log n_c + Σ_f log P_c(level_f) for each class c. Missing fields add nothing to any class: absence is not
 * evidence. For strangers the probability of an exact agreement is the frequency of the value itself (Newcombe 1959's refinement,
 * kept to the one class where coincidence depends on frequency), read from row `a`.
 *
 * @param logStrangers log of the number of records that are not the same: the stranger class is fixed in absolute terms.
 */
export function scoreLevels(
  compiled: CompiledModel,
  levels: Uint8Array,
  at: number,
  fields: number,
  frequencies: Frequencies,
  rowA: number,
  logStrangers: number,
  out: ClassScores,
): void {
  const [match, kin, namesake, stranger] = compiled.logs;
  let m = compiled.logPairs[0];
  let k = compiled.logPairs[1];
  let n = compiled.logPairs[2];
  let s = logStrangers;
  for (let f = 0; f < fields; f++) {
    const level = levels[at + f] as number;
    if (level === 0) continue;
    const i = f * levelStride + level;
    m += match[i] as number;
    k += kin[i] as number;
    n += namesake[i] as number;
    s += stranger[i] as number;
  }
  out[0] = m;
  out[1] = k;
  out[2] = n;
  out[3] = s + strangerCorrection(compiled, levels, at, frequencies, rowA);
}

/** What value frequencies and clustered names add to the stranger's log score. */
export function strangerCorrection(
  compiled: CompiledModel,
  levels: Uint8Array,
  at: number,
  frequencies: Frequencies,
  rowA: number,
): number {
  const { model, logs } = compiled;
  const { rows } = frequencies.store;
  const row = rowA * rowInts;
  let correction = 0;
  if (model.usesTermFrequency) {
    const { counts } = frequencies.store;
    const shares = frequencies.shares;
    const stranger = logs[3];
    if (levels[at + field.given] === 1) {
      correction +=
        logShare(frequencies, counts.given, shares?.given, rows[row + column.given] as number) -
        (stranger[field.given * levelStride + 1] as number);
    }
    if (levels[at + field.family] === 1) {
      correction +=
        logShare(frequencies, counts.family, shares?.family, rows[row + column.family] as number) -
        (stranger[field.family * levelStride + 1] as number);
    }
    if (levels[at + field.middle] === 1) {
      correction +=
        logShare(frequencies, counts.middle, shares?.middle, rows[row + column.middle] as number) -
        (stranger[field.middle * levelStride + 1] as number);
    }
    if (levels[at + field.birthDate] === 1) {
      correction +=
        logShare(frequencies, counts.birthDate, shares?.birthDate, rows[row + column.birthDate] as number) -
        (stranger[field.birthDate * levelStride + 1] as number);
    }
  }
  const family = levels[at + field.family];
  if (levels[at + field.given] === 1 && (family === 1 || family === 3)) correction += model.nameCoincidence;
  return correction;
}

/**
 * P(match | levels): the softmax of the four scores at the first; the scores are overwritten by the posteriors.
 */
export function toPosteriors(scores: ClassScores): number {
  const [m = 0, k = 0, n = 0, s = 0] = scores;
  const top = Math.max(m, k, n, s);
  const match = Math.exp(m - top);
  const kin = Math.exp(k - top);
  const namesake = Math.exp(n - top);
  const stranger = Math.exp(s - top);
  const sum = match + kin + namesake + stranger;
  scores[0] = match / sum;
  scores[1] = kin / sum;
  scores[2] = namesake / sum;
  scores[3] = stranger / sum;
  return scores[0];
}

const logs = new Float64Array(4096).map((_, i) => Math.log(Math.max(1, i)));

function logShare(
  frequencies: Frequencies,
  counts: Uint32Array,
  shares: Float32Array | undefined,
  code: number,
): number {
  const share = shares?.[code];
  if (share !== undefined && share < 0) return share;
  const count = counts[code] ?? 0;
  return (count < 4096 ? (logs[count] as number) : Math.log(count)) - frequencies.logRecords;
}
