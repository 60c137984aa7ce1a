import { readSmall } from './read-small.js';

/** A disk whose reads take as long as the test says, and which notes on what thread it was asked. */
function disk(takesMs: () => number) {
  let now = 0;
  const threads: string[] = [];
  const take = (thread: string, path: string): Buffer => {
    threads.push(thread);
    now += takesMs();
    if (path === 'none') throw new Error('ENOENT');
    return Buffer.from(path);
  };
  const read = readSmall(() => now, {
    here: (path) => take('here', path),
    pool: (path) => Promise.resolve().then(() => take('pool', path)),
  });
  return { read, threads };
}

describe('readSmall', () => {
  it('stays on its thread while the disk is quick, and is not put off by one slow read', async () => {
    let times = 0;
    const { read, threads } = disk(() => ((times += 1) === 2 ? 5 : 0.02));
    for (let at = 0; at < 6; at += 1) expect((await read(`tile ${at}`)).toString()).toBe(`tile ${at}`);
    expect(threads).toEqual(Array.from({ length: 6 }, () => 'here'));
  });

  it('leaves a slow disk to the pool, tries it now and then, and comes back once it is quick again', async () => {
    let ms = 8;
    const { read, threads } = disk(() => ms);
    for (let at = 0; at < 130; at += 1) await read('tile');
    // By the moving average over 16: the first read of 8 ms leads to 0.5 ms.
    expect(threads.map((thread, at) => (thread === 'here' ? at : -1)).filter((at) => at >= 0)).toEqual([0, 64, 128]);
    ms = 0.02;
    for (let at = 0; at < 80; at += 1) await read('tile');
    expect(threads.slice(-10)).toEqual(Array.from({ length: 10 }, () => 'here'));
  });

  it.each([0.02, 8])('rejects with the error of a disk that takes %s ms', async (ms) => {
    const { read } = disk(() => ms);
    await expect(read('none')).rejects.toThrow('ENOENT');
    await expect(read('none')).rejects.toThrow('ENOENT');
  });
});
