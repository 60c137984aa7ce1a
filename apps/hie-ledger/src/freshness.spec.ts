import { vouchedForAt } from './freshness.js';

const cosigners = [100, 300, 200].map((timestampSeconds, at) => ({ name: `w${at}`, timestampSeconds }));

it.each([
  [1, 300],
  [2, 200],
  [3, 100],
  [4, 0],
])('a quorum of %d had vouched when the last it needs had: %d', (quorum, at) => {
  expect(vouchedForAt(cosigners, quorum)).toBe(at);
});
