import { exactFigure, type Figure } from '../shared/figure.js';

/** A figure that is to be at least, or at most, a bound. */
export function bounded(
  name: string,
  value: number,
  unit: string,
  sign: '≥' | '≤',
  bound: number,
  comparison?: string,
): Figure {
  const target = sign === '≥' ? { atLeast: bound } : { atMost: bound };
  return exactFigure({ name, value, unit, target, ...(comparison === undefined ? {} : { comparison }) });
}
