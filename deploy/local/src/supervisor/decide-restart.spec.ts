import { decideRestart, type Life, restartPolicy } from './decide-restart.js';

/** A life that was ready for so long. */
const readyFor = (ms: number): Life => ({ readyAtMs: 1_000, endedAtMs: 1_000 + ms });
const neverReady: Life = { endedAtMs: 1_000 };
const times = (count: number, life: Life): Life[] => Array.from({ length: count }, () => life);

// Worked by hand: at once twice, then 250 ms doubling; the eighth short life in a row is the last.
describe(decideRestart.name, () => {
  it.each<[name: string, lives: Life[], delayMs: number]>([
    ['a long life ends', [readyFor(3_600_000)], 0],
    ['the first short life', [readyFor(100)], 0],
    ['the second', times(2, readyFor(100)), 0],
    ['the third', times(3, readyFor(100)), 250],
    ['the fourth', times(4, readyFor(100)), 500],
    ['the seventh', times(7, neverReady), 4_000],
    ['a short life after a long one counts from one', [...times(6, neverReady), readyFor(20_000), neverReady], 0],
    ['just steady enough', [...times(7, neverReady), readyFor(10_000)], 0],
  ])('restarts after the wait when %s', (_name, lives, delayMs) => {
    expect(decideRestart(lives)).toEqual({ kind: 'restart', delayMs });
  });

  it.each<[name: string, lives: Life[]]>([
    ['never ready eight times', times(8, neverReady)],
    ['ready a moment too short each time', times(8, readyFor(9_999))],
  ])('gives up when %s', (_name, lives) => {
    expect(decideRestart(lives)).toEqual({ kind: 'give-up', shortLives: 8 });
  });

  it('never waits longer than the longest delay', () => {
    const patient = { ...restartPolicy, shortLives: 100 };
    expect(decideRestart(times(60, neverReady), patient)).toEqual({ kind: 'restart', delayMs: 5_000 });
  });
});
