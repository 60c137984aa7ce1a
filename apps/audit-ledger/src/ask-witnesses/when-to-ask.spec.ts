import { msUntilRound } from './when-to-ask.js';

const nowMs = 1_000_000;
const quiet = { headSize: 10, cosigned: { size: 10, atMs: nowMs - 20_000 }, nowMs, notBeforeMs: 0, refreshMs: 60_000 };

it.each([
  ['a head that nobody has vouched for', { ...quiet, cosigned: undefined }, 0],
  ['a head that has grown', { ...quiet, headSize: 11 }, 0],
  ['a head that has grown, just after a round', { ...quiet, headSize: 11, notBeforeMs: nowMs + 700 }, 700],
  ['a head that does not grow, until the word for it gets old', quiet, 40_000],
  ['a head whose word is old', { ...quiet, nowMs: nowMs + 60_000 }, 0],
  [
    'one whose word is old, while the quorum is missing',
    { ...quiet, nowMs: nowMs + 60_000, notBeforeMs: nowMs + 90_000 },
    30_000,
  ],
])('waits for %s', (_what, standing, ms) => {
  expect(msUntilRound(standing)).toBe(ms);
});
