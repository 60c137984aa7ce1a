/** One measured figure, as `bench/results/<name>.json` holds it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it must reach, in the same unit; absent for a figure that only explains another. */
  readonly target?: { readonly atLeast: number } | { readonly below: number };
  /** What was measured beside it in the same run, and how many times that it is. */
  readonly comparison?: { readonly name: string; readonly value: number; readonly ratio: number };
  /** Whether the target is met; absent without one. */
  readonly met?: boolean;
}

/** Rounds to three figures, since no more mean anything, and says whether the target is met. */
export function figure(measured: Omit<Figure, 'met'>): Figure {
  const { value, target, comparison } = measured;
  const rounded = { ...measured, value: round(value), ...(comparison && { comparison: roundComparison(comparison) }) };
  if (target === undefined) return rounded;
  return { ...rounded, met: 'atLeast' in target ? value >= target.atLeast : value < target.below };
}

/** The value below which this share (0 to 1) of the samples lies. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (found === undefined) throw new RangeError('no samples');
  return found;
}

function roundComparison({ name, value, ratio }: NonNullable<Figure['comparison']>) {
  return { name, value: round(value), ratio: round(ratio) };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
