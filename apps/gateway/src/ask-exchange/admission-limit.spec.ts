import { AdmissionLimit } from './admission-limit.js';

const ended = (limit: AdmissionLimit, count: number, isAnswered: boolean, isContended = true): number => {
  for (let each = 0; each < count; each += 1) limit.noteEnd(isAnswered, isContended);
  return limit.value;
};

describe(AdmissionLimit.name, () => {
  it('grows by about one a roundful while others wait, and not otherwise', () => {
    const limit = new AdmissionLimit();
    const before = limit.value;
    expect(ended(limit, 1_000, true, false)).toBe(before);
    expect(ended(limit, before + 1, true)).toBe(before + 1);
  });

  it('shrinks once for queries that fail together', () => {
    const limit = new AdmissionLimit();
    const before = limit.value;
    const after = ended(limit, 1, false);
    expect(after).toBe(Math.floor(before * 0.7));
    expect(ended(limit, after - 1, false)).toBe(after);
    expect(ended(limit, 2, false)).toBeLessThan(after);
  });

  it('never falls to nothing, and comes back', () => {
    const limit = new AdmissionLimit();
    expect(ended(limit, 10_000, false)).toBe(4);
    expect(ended(limit, 10_000, true)).toBeGreaterThan(32);
  });
});
