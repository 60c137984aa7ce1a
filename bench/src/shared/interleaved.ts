/** Something to be timed: what comes before (`prepare`) is not. */
export interface Timed {
  readonly name: string;
  /** Makes ready what `count` runs need, and returns the runs. */
  prepare(count: number): Promise<() => void | Promise<void>> | (() => void | Promise<void>);
}

/** For each name its samples, one a round: µs for one run. */
export type Samples = ReadonlyMap<string, readonly number[]>;

/**
 * Times several things in turn, round after round, so that what others do to the machine falls on all of them alike.
 *
 * The first round warms up and is not counted.
 */
export async function interleaved(all: readonly Timed[], rounds: number, runsARound: number): Promise<Samples> {
  const samples = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, prepare } of all) {
      const runs = await prepare(runsARound);
      const began = performance.now();
      const running = runs();
      if (running !== undefined) await running;
      const microseconds = ((performance.now() - began) * 1000) / runsARound;
      if (round > 0) samples.get(name)?.push(microseconds);
    }
  }
  return samples;
}

/** One thing repeated: nothing to prepare. */
export const repeated = (name: string, run: () => unknown): Timed => ({
  name,
  prepare: (count) => () => {
    for (let at = 0; at < count; at += 1) run();
  },
});
