import type { ReviewOutcome } from './review.repository.js';

/** Lower bounds of the bands; close together where links are decided. */
export const BANDS = [0, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99] as const;

/** What people decided about the pairs of one band of probability. */
export interface CalibrationBand {
  /** Of the probability, inclusive; the band ends where the next begins. */
  readonly from: number;
  readonly same: number;
  readonly different: number;
  readonly open: number;
  /** What the machine said on average of the decided; absent where nothing is decided. */
  readonly expected?: number;
  /** How many of the decided were the same person. Near `expected` for a calibrated model. */
  readonly observed?: number;
}

export interface CalibrationReport {
  readonly modelVersion: string;
  readonly bands: readonly CalibrationBand[];
}

/**
 * Holds the machine's probabilities against what people decided, by model and band.
 *
 * It counts pairs that people have looked at: those that the machine was unsure of, those that a rival or a cut search brought to a person, and
 * links of the machine's own that turned out wrong. It says little about the links that nobody looked at. It changes no model: a new one is promoted by a person.
 */
export function calibration(outcomes: readonly ReviewOutcome[]): readonly CalibrationReport[] {
  const versions = [...new Set(outcomes.map(({ modelVersion }) => modelVersion))].sort();
  return versions.map((modelVersion) => ({
    modelVersion,
    bands: BANDS.map((from, at) => {
      const until = BANDS[at + 1] ?? Infinity;
      return bandOf(
        from,
        outcomes.filter(
          (each) => each.modelVersion === modelVersion && each.probability >= from && each.probability < until,
        ),
      );
    }),
  }));
}

function bandOf(from: number, outcomes: readonly ReviewOutcome[]): CalibrationBand {
  const decided = outcomes.filter(({ outcome }) => outcome !== 'open');
  const same = decided.filter(({ outcome }) => outcome === 'same').length;
  const counted = { from, same, different: decided.length - same, open: outcomes.length - decided.length };
  if (decided.length === 0) return counted;
  const expected = decided.reduce((sum, { probability }) => sum + probability, 0) / decided.length;
  return { ...counted, expected, observed: same / decided.length };
}
