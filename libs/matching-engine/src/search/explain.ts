import { type FieldDefinition } from '../compare/fields.js';
import { type CompiledModel, levelStride, type PairClass, pairClasses } from '../model/match-model.js';

/** What one compared field says. */
export interface FieldEvidence {
  readonly field: string;
  /** The level of agreement in words ("one digit off"). */
  readonly level: string;
  /** log₂ of P(level | match) ÷ P(level | rival): +1 doubles the odds of a match, −1 halves them. */
  readonly bits: number;
}

/** Why a pair got its probability: what speaks for one person against the likeliest other explanation. */
export interface Explanation {
  /** The most probable class that is no match. */
  readonly rival: Exclude<PairClass, 'match'>;
  /** log₂ of the prior odds, match against rival. */
  readonly priorBits: number;
  /** log₂ of the posterior odds, match against rival: the prior and all fields added up. */
  readonly totalBits: number;
  /** Fields recorded on both sides, in the order of the comparison. */
  readonly fields: readonly FieldEvidence[];
}

/**
 * Explains a compared pair in bits. The parts add up to the total; what the rarity of the agreed values says against strangers stands in
 * a line of its own, `rarity`.
 *
 * @param correction what value frequencies add to the stranger's score (natural log), from `strangerCorrection`.
 */
export function explainLevels(
  compiled: CompiledModel,
  fields: readonly FieldDefinition[],
  levels: Uint8Array,
  posteriors: Float64Array,
  logStrangers: number,
  correction: number,
): Explanation {
  const rivalIndex = [1, 2, 3, 4].reduce((best, c) => ((posteriors[c] ?? 0) > (posteriors[best] ?? 0) ? c : best), 1);
  const rival = pairClasses[rivalIndex] as Exclude<PairClass, 'match'>;
  const isNoisy = sumOf('noisy') > sumOf('match');
  const match = isNoisy ? compiled.logs.noisy : compiled.logs.match;
  const other = compiled.logs[rival];
  const priorOther = rival === 'stranger' ? logStrangers : compiled.logPairs[rival];
  const evidence: FieldEvidence[] = [];
  fields.forEach(({ name, levels: words }, f) => {
    const level = levels[f] ?? 0;
    if (level === 0) return;
    const i = f * levelStride + level;
    evidence.push({ field: name, level: words[level - 1] ?? '', bits: toBits((match[i] ?? 0) - (other[i] ?? 0)) });
  });
  if (rivalIndex === 4 && correction !== 0)
    evidence.push({ field: 'rarity', level: 'of the values agreed on', bits: toBits(-correction) });
  const priorBits = toBits((isNoisy ? compiled.logPairs.noisy : compiled.logPairs.match) - priorOther);
  return { rival, priorBits, totalBits: evidence.reduce((sum, { bits }) => sum + bits, priorBits), fields: evidence };

  function sumOf(kind: 'match' | 'noisy'): number {
    return fields.reduce(
      (sum, _, f) => sum + (compiled.logs[kind][f * levelStride + (levels[f] ?? 0)] ?? 0),
      compiled.logPairs[kind],
    );
  }
}

const toBits = (naturalLog: number): number => naturalLog / Math.LN2;
