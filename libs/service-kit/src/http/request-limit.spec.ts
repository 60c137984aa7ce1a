import { requestLimit } from './request-limit.js';

describe(requestLimit.name, () => {
  it('lets in so many in a minute, says how long to wait, and lets in again', () => {
    let nowMs = 0;
    const ask = requestLimit(2, () => nowMs);
    expect([ask('a'), ask('a'), ask('a')]).toEqual([0, 0, 60]);
    nowMs = 59_001;
    expect(ask('a')).toBe(1);
    nowMs = 60_000;
    expect(ask('a')).toBe(0);
  });

  it('counts each asker for itself', () => {
    const ask = requestLimit(1, () => 0);
    expect([ask('a'), ask('b'), ask('a')]).toEqual([0, 0, 60]);
  });

  it('does not grow with the number of askers', () => {
    const ask = requestLimit(1, () => 0);
    ask('first');
    for (let at = 0; at < 65_536; at += 1) ask(`asker ${at}`);
    expect(ask('first')).toBe(0);
  });
});
