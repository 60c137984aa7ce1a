/** Something that starts once others are ready. */
export interface Ordered {
  readonly name: string;
  /** Names of those that must be ready first. */
  readonly after?: readonly string[];
}

/**
 * Sorts into waves: everything in a wave may start at the same time, once the waves before it are ready. Within a wave
 * the given order is kept, and the waves backwards are the order to stop in.
 *
 * @throws RangeError when a name is given twice, is waited for but not there, or waits for itself by way of others.
 */
export function startOrder<T extends Ordered>(items: readonly T[]): readonly (readonly T[])[] {
  const names = new Set(items.map(({ name }) => name));
  if (names.size !== items.length) throw new RangeError('A process name is given twice');
  if (items.some(({ after = [] }) => after.some((name) => !names.has(name)))) {
    throw new RangeError('A process waits for one that is not there');
  }

  const waves: T[][] = [];
  const placed = new Set<string>();
  while (placed.size < items.length) {
    const wave = items.filter(({ name, after = [] }) => !placed.has(name) && after.every((other) => placed.has(other)));
    if (wave.length === 0) throw new RangeError('Processes wait for each other in a circle');
    wave.forEach(({ name }) => placed.add(name));
    waves.push(wave);
  }
  return waves;
}
