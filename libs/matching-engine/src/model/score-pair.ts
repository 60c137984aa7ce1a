import { field } from '../compare/fields.js';
import { dateSlot, type RecordStore } from '../index/record-store.js';
import { column, rowInts } from '../index/row-layout.js';
import { type CompiledModel, levelStride } from './match-model.js';

/** How often each value occurs, as the natural logarithm of its share of records; one array a role, by code (dates by `dateSlot`). */
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
  /** Natural logarithm of the number of records; with `expected`, of those and of the records they are thought to stand among. */
  readonly logRecords: number;
  /**
   * Records assumed beside the stored ones, in which every value is as frequent as the model's strangers have it. A small index has seen
   * too few people to know what is rare: in three hundred records the commonest name of a region may stand once. Absent: none.
   */
  readonly expected?: number;
}

/** The log joint scores of a pair by class, in the order of `pairClasses` (natural logarithms). */
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
  rowB: number,
  logStrangers: number,
  out: ClassScores,
): void {
  const { match, noisy, kin, twin, namesake, stranger } = compiled.logs;
  const { logPairs } = compiled;
  let m = logPairs.match;
  let w = logPairs.noisy;
  let k = logPairs.kin;
  let t = logPairs.twin;
  let n = logPairs.namesake;
  let s = logStrangers;
  for (let f = 0; f < fields; f++) {
    const level = levels[at + f] as number;
    if (level === 0) continue;
    const i = f * levelStride + level;
    m += match[i] as number;
    w += noisy[i] as number;
    k += kin[i] as number;
    t += twin[i] as number;
    n += namesake[i] as number;
    s += stranger[i] as number;
  }
  out[0] = m > w ? m + Math.log1p(Math.exp(w - m)) : w + Math.log1p(Math.exp(m - w));
  out[1] = k;
  out[2] = t;
  out[3] = n;
  out[4] = s + strangerCorrection(compiled, levels, at, frequencies, rowA, rowB);
}

/** The level of the same family name where a newborn is compared. */
const newbornSame = 10;

/** What value frequencies and clustered names add to the stranger's log score. */
export function strangerCorrection(
  compiled: CompiledModel,
  levels: Uint8Array,
  at: number,
  frequencies: Frequencies,
  rowA: number,
  rowB: number,
): number {
  const { model, logs } = compiled;
  const { rows } = frequencies.store;
  const row = rowA * rowInts;
  let correction = 0;
  if (model.usesTermFrequency) {
    const { counts } = frequencies.store;
    const shares = frequencies.shares;
    const { stranger } = logs;
    const u = (of: number): number => stranger[of * levelStride + 1] as number;
    if (levels[at + field.given] === 1) {
      correction +=
        logShare(frequencies, counts.given, shares?.given, rows[row + column.given] as number, u(field.given)) -
        u(field.given);
    }
    const family = levels[at + field.family] as number;
    if (family === 1 || family === newbornSame) {
      correction +=
        logShare(frequencies, counts.family, shares?.family, rows[row + column.family] as number, u(field.family)) -
        (stranger[field.family * levelStride + family] as number);
    }
    if (levels[at + field.middle] === 1) {
      correction +=
        logShare(frequencies, counts.middle, shares?.middle, rows[row + column.middle] as number, u(field.middle)) -
        u(field.middle);
    }
    if (levels[at + field.birthDate] === 1) {
      correction +=
        logShare(
          frequencies,
          counts.birthDate,
          shares?.birthDate,
          dateSlot(rows[row + column.birthDate] as number),
          u(field.birthDate),
        ) - u(field.birthDate);
    }
  }
  if (model.usesTermFrequency && levels[at + field.given] === 7)
    correction += swapCorrection(compiled, frequencies, rowA, rowB);
  const family = levels[at + field.family];
  if (levels[at + field.given] === 1 && (family === 1 || family === 3)) correction += model.nameCoincidence;
  return correction;
}

/**
 * P(match | levels): the softmax of the scores at the first; the scores are overwritten by the posteriors.
 */
export function toPosteriors(scores: ClassScores): number {
  let top = -Infinity;
  for (let c = 0; c < 5; c++) if ((scores[c] as number) > top) top = scores[c] as number;
  let sum = 0;
  for (let c = 0; c < 5; c++) sum += scores[c] = Math.exp((scores[c] as number) - top);
  for (let c = 0; c < 5; c++) scores[c] = (scores[c] as number) / sum;
  return scores[0] as number;
}

/** log(P(match) ÷ P(not match)) from the joint scores of the classes. */
export function logOddsOfMatch(scores: ClassScores): number {
  let top = -Infinity;
  for (let c = 1; c < 5; c++) if ((scores[c] as number) > top) top = scores[c] as number;
  let others = 0;
  for (let c = 1; c < 5; c++) others += Math.exp((scores[c] as number) - top);
  return (scores[0] as number) - top - Math.log(others);
}

const logs = new Float64Array(4096).map((_, i) => Math.log(Math.max(1, i)));

function logShare(
  frequencies: Frequencies,
  counts: Uint32Array,
  shares: Float32Array | undefined,
  code: number,
  logExpectedShare: number,
): number {
  const share = shares?.[code];
  if (share !== undefined && share < 0) return share;
  const count = counts[code] ?? 0;
  if (frequencies.expected !== undefined)
    return Math.log(count + frequencies.expected * Math.exp(logExpectedShare)) - frequencies.logRecords;
  return (count < 4096 ? (logs[count] as number) : Math.log(count)) - frequencies.logRecords;
}

/**
 * Swapped given and family names: two strangers show them when one happens to bear the other's names the other way round. With P the
 * frequency of a whole name, strangers give P(a)·P(b) and one person s·(P(a) + P(b)), so the rarer of the two names decides.
 */
function swapCorrection(compiled: CompiledModel, frequencies: Frequencies, rowA: number, rowB: number): number {
  const { store, shares } = frequencies;
  const { counts, rows } = store;
  const u = (of: number): number => compiled.logs.stranger[of * levelStride + 1] as number;
  const nameShare = (row: number): number =>
    logShare(frequencies, counts.given, shares?.given, rows[row * rowInts + column.given] as number, u(field.given)) +
    logShare(
      frequencies,
      counts.family,
      shares?.family,
      rows[row * rowInts + column.family] as number,
      u(field.family),
    );
  return (
    Math.min(nameShare(rowA), nameShare(rowB)) +
    compiled.model.nameCoincidence -
    (compiled.logs.stranger[field.given * levelStride + 7] as number)
  );
}
