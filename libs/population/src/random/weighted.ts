import { type Random, fraction } from './random.js';

/** Items with the running sum of their weights: what {@link draw} searches. */
export interface Weighted<T> {
  readonly items: readonly T[];
  readonly cumulative: Float64Array;
}

/**
 * Prepares items for weighted drawing. Items of weight 0 are never drawn.
 *
 * @throws RangeError when a weight is negative or not finite, or all are 0: a fault in a table, never in a person.
 */
export function weighted<T>(items: readonly T[], weightOf: (item: T) => number): Weighted<T> {
  const cumulative = new Float64Array(items.length);
  let sum = 0;
  items.forEach((item, i) => {
    const weight = weightOf(item);
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError('a weight must be finite and not negative');
    sum += weight;
    cumulative[i] = sum;
  });
  if (!(sum > 0)) throw new RangeError('nothing to draw from: all weights are 0');
  return { items, cumulative };
}

/** Draws one item with probability proportional to its weight, by binary search in O(log n). */
export function draw<T>(random: Random, { items, cumulative }: Weighted<T>): T {
  const total = cumulative[cumulative.length - 1] ?? 0;
  const target = fraction(random) * total;
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cumulative[middle] ?? 0) > target) high = middle;
    else low = middle + 1;
  }
  return items[low] as T;
}
