import { syncOpen } from './sync-open.js';

/** A disk whose syncs take as long as the test says, and which notes on what thread it was asked. */
function disk(takesMs: () => number, fails: (file: number) => boolean = () => false) {
  let now = 0;
  const asked: string[] = [];
  const take = (thread: string, file: number): void => {
    asked.push(`${thread} ${file}`);
    now += takesMs();
    if (fails(file)) throw new Error(`EIO ${file}`);
  };
  const sync = syncOpen(() => now, {
    here: (file) => take('here', file),
    pool: (file) => Promise.resolve().then(() => take('pool', file)),
  });
  return { sync, asked, threads: () => asked.map((each) => each.split(' ')[0]) };
}

describe('syncOpen', () => {
  it('stays on its thread while the disk is quick, in the order given', async () => {
    const { sync, asked } = disk(() => 0.5);
    await sync([1, 2]);
    await sync([3]);
    expect(asked).toEqual(['here 1', 'here 2', 'here 3']);
  });

  it('is not put off by one slow sync', async () => {
    let times = 0;
    const { sync, threads } = disk(() => ((times += 1) === 2 ? 20 : 0.1));
    for (let at = 0; at < 6; at += 1) await sync([at]);
    expect(threads()).toEqual(Array.from({ length: 6 }, () => 'here'));
  });

  // By the moving average over 16: 8 ms a sync passes 2 ms with the fifth; 0.4 ms a sync needs more than ten to come back.
  it('leaves a slow disk to the pool, and comes back once it is quick again', async () => {
    let ms = 8;
    const { sync, threads } = disk(() => ms);
    for (let at = 0; at < 6; at += 1) await sync([at]);
    expect(threads()).toEqual(['here', 'here', 'here', 'here', 'here', 'pool']);
    ms = 0.4;
    for (let at = 0; at < 40; at += 1) await sync([at]);
    expect(threads().at(6)).toBe('pool');
    expect(threads().at(-1)).toBe('here');
  });

  it('asks the pool for many at the same time', async () => {
    const { sync, threads } = disk(() => 0.1);
    await sync(Array.from({ length: 9 }, (_, at) => at));
    expect(new Set(threads())).toEqual(new Set(['pool']));
  });

  it.each([2, 9])('rejects when one of %i fails', async (count) => {
    const { sync } = disk(
      () => 0.1,
      (file) => file === 1,
    );
    await expect(sync(Array.from({ length: count }, (_, at) => at))).rejects.toThrow('EIO 1');
  });
});
