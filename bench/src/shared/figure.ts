/** What a figure must reach, in its own unit. */
export type Target = { readonly atLeast: number } | { readonly atMost: number } | { readonly below: number };

/** What was measured beside a figure in the same run, and how many times that it is. */
export interface Comparison {
  readonly name: string;
  readonly value: number;
  readonly ratio: number;
}

/** One measured figure, as `bench/results/<name>.json` holds it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Absent for a figure that only explains another. */
  readonly target?: Target;
  /** In words where several were measured beside it. */
  readonly comparison?: Comparison | string;
  /** Whether the target is met; absent without one. */
  readonly met?: boolean;
}

/** Rounds to three figures, since no more mean anything, and says whether the target is met. */
export function figure(measured: Omit<Figure, 'met'>): Figure {
  return judged({ ...measured, value: round(measured.value) }, measured.value);
}

/** Says whether the target is met and rounds nothing: for shares like 0.9996, whose last digits are the point. */
export function exactFigure(measured: Omit<Figure, 'met'>): Figure {
  return judged(measured, measured.value);
}

function judged(shown: Omit<Figure, 'met'>, value: number): Figure {
  const { target, comparison } = shown;
  const rounded = typeof comparison === 'object' ? { ...shown, comparison: roundComparison(comparison) } : shown;
  return target === undefined ? rounded : { ...rounded, met: meets(value, target) };
}

function meets(value: number, target: Target): boolean {
  if ('atLeast' in target) return value >= target.atLeast;
  return 'atMost' in target ? value <= target.atMost : value < target.below;
}

function roundComparison({ name, value, ratio }: Comparison): Comparison {
  return { name, value: round(value), ratio: round(ratio) };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
