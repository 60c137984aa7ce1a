import { nextAttemptMs } from './next-attempt.js';

it.each([
  [1, 30_000],
  [2, 60_000],
  [7, 1_920_000],
  [8, 3_600_000],
  [5_000, 3_600_000],
])('after %i failures waits %i ms', (attempts, ms) => {
  expect(nextAttemptMs(attempts, false)).toBe(ms);
});

it('reminds a day after a delivery that nobody has acknowledged', () => {
  expect(nextAttemptMs(9, true)).toBe(86_400_000);
});
