import { dueRanges } from './due-ranges.js';

function setUp(begin = 0) {
  let now = 0;
  const ranges = dueRanges(begin, 40, 5, () => now);
  return { ranges, at: (ms: number) => void (now = ms) };
}

it('leaves entries alone for their time, and gives each once', () => {
  const { ranges, at } = setUp(2);
  ranges.grown(3);
  at(4);
  ranges.grown(7);
  expect(ranges.dueInMs).toBe(41);
  at(44);
  expect(ranges.take()).toBeUndefined();
  at(45);
  expect(ranges.take()).toEqual({ begin: 2, end: 7 });
  expect(ranges.take()).toBeUndefined();
  expect(ranges.dueInMs).toBeUndefined();
});

it('never gives an entry before its 40 ms, nor later than 45 ms', () => {
  const { ranges, at } = setUp();
  const cameAt: number[] = [];
  const waited: number[] = [];
  for (let ms = 0; ms < 200; ms += 1) {
    at(ms);
    if (ms < 100) ranges.grown(cameAt.push(ms));
    const range = ranges.take();
    for (let index = range?.begin ?? 0; index < (range?.end ?? 0); index += 1)
      waited.push(ms - (cameAt[index] as number));
  }
  expect(waited).toHaveLength(100);
  expect(Math.min(...waited)).toBeGreaterThan(40);
  expect(Math.max(...waited)).toBe(45);
});

it('has nothing to look at while nothing grows', () => {
  const { ranges, at } = setUp(5);
  ranges.grown(5);
  at(1_000);
  expect(ranges.take()).toBeUndefined();
});
