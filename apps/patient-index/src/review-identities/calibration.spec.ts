import { BANDS, calibration } from './calibration.js';
import type { ReviewOutcome } from './review.repository.js';

const outcome = (probability: number, decided: ReviewOutcome['outcome'], modelVersion = 'm-1'): ReviewOutcome => ({
  modelVersion,
  probability,
  outcome: decided,
});

describe(calibration.name, () => {
  it('counts by band, and holds what was said against what was found', () => {
    const [report] = calibration([
      outcome(0.5, 'same'),
      outcome(0.7, 'same'),
      outcome(0.6, 'different'),
      outcome(0.79, 'open'),
      outcome(0.8, 'different'),
      outcome(1, 'same'),
    ]);
    const byBand = new Map(report?.bands.map((band) => [band.from, band]));
    expect(byBand.get(0.5)).toMatchObject({ same: 2, different: 1, open: 1 });
    expect(byBand.get(0.5)?.expected).toBeCloseTo(0.6);
    expect(byBand.get(0.5)?.observed).toBeCloseTo(2 / 3);
    expect(byBand.get(0.8)).toMatchObject({ same: 0, different: 1, observed: 0 });
    expect(byBand.get(0.99)).toMatchObject({ same: 1, observed: 1 });
    expect(byBand.get(0.2)).toEqual({ from: 0.2, same: 0, different: 0, open: 0 });
  });

  it('keeps models apart', () => {
    const reports = calibration([outcome(0.3, 'same', 'm-2'), outcome(0.3, 'different', 'm-1')]);
    expect(
      reports.map(({ modelVersion, bands }) => [modelVersion, bands.find(({ from }) => from === 0.2)?.same]),
    ).toEqual([
      ['m-1', 0],
      ['m-2', 1],
    ]);
    expect(reports.every(({ bands }) => bands.length === BANDS.length)).toBe(true);
  });
});
