import { isCopied } from './passkey-counter.js';

it.each([
  [0, 0, false],
  [0, 1, false],
  [7, 8, false],
  [7, 7, true],
  [7, 6, true],
  [7, 0, true],
  [1, 0, true],
])('a counter known as %i that says %i is a copy’s: %s', (known, presented, expected) => {
  expect(isCopied(known, presented)).toBe(expected);
});
