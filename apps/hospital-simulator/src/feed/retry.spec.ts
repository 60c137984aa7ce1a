import { isWorthRetrying, waitMs } from './retry.js';

describe('waitMs', () => {
  const nowMs = Date.parse('2026-06-30T12:00:00Z');
  it.each<[number, string | undefined, number, number]>([
    [2, undefined, 0, 250],
    [3, undefined, 0, 500],
    [3, undefined, 0.5, 625],
    [8, undefined, 0, 16_000],
    [2, '7', 0.9, 7_000],
    [2, 'Tue, 30 Jun 2026 12:00:03 GMT', 0, 3_000],
    [2, 'Tue, 30 Jun 2026 11:00:00 GMT', 0, 0],
    [2, 'soon', 0, 250],
    [2, '999999', 0, 30_000],
    [40, undefined, 0, 30_000],
  ])('before try %d with Retry-After %p: %d ms', (next, retryAfter, random, expected) => {
    expect(waitMs(next, retryAfter, nowMs, random)).toBe(expected);
  });
});

describe('isWorthRetrying', () => {
  it('is what says "the same again, later", and nothing else', () => {
    expect([200, 201, 400, 401, 403, 408, 412, 422, 429, 500, 502, 503, 504].filter(isWorthRetrying)).toEqual([
      429, 502, 503, 504,
    ]);
  });
});
