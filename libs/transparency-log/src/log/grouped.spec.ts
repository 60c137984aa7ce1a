import { grouped } from './grouped.js';
import { turns } from './turns.js';

/** A run that takes one turn of the event loop, and remembers what it was given. */
function recording(maxWeight: number) {
  const runs: number[][] = [];
  const ask = grouped<number, number>(
    async (items) => {
      runs.push([...items]);
      await new Promise((resolve) => setImmediate(resolve));
      if (items.includes(-1)) throw new Error('refused');
      return items.map((item) => item * 10);
    },
    Math.abs,
    maxWeight,
  );
  return { runs, ask };
}

describe('grouped', () => {
  it('runs the first at once and what came meanwhile together', async () => {
    const { runs, ask } = recording(100);
    expect(await Promise.all([1, 2, 3].map(ask))).toEqual([10, 20, 30]);
    expect(runs).toEqual([[1], [2, 3]]);
    expect(await ask(4)).toBe(40);
  });

  it('keeps a run within its weight, but lets a heavy item through alone', async () => {
    const { runs, ask } = recording(5);
    await Promise.all([1, 2, 3, 3, 9, 1].map(ask));
    expect(runs).toEqual([[1], [2, 3], [3], [9], [1]]);
  });

  it('fails those who shared a run, and no others', async () => {
    const { ask } = recording(100);
    const settled = await Promise.allSettled([1, -1, 2].map(ask));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await ask(3)).toBe(30);
  });
});

describe('turns', () => {
  it('gives one at a time, in the order asked, past a failure', async () => {
    const inTurn = turns();
    const steps: string[] = [];
    const step = (name: string) =>
      inTurn(async () => {
        steps.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        steps.push(`${name} ends`);
        if (name === 'a') throw new Error('refused');
        return name;
      });
    const settled = await Promise.allSettled([step('a'), step('b')]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });
});
