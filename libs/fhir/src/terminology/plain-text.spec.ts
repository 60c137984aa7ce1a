import fc from 'fast-check';

import { foldWords, listed, oneLine } from './plain-text.js';

describe('oneLine', () => {
  it.each([
    ['folds white space', ' a \n\t b ', 'a b'],
    ['drops a right-to-left override', 'abc\u202edef', 'abc def'],
    ['drops NUL and escape', 'a\u0000b\u001b[31m', 'a b [31m'],
    ['keeps letters of every script', 'Łódź 東京', 'Łódź 東京'],
    ['drops a lone surrogate', 'a\ud800b', 'a b'],
  ])('%s', (_name, text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });

  it('cuts to the length with an ellipsis, never through a surrogate pair', () => {
    expect(oneLine('abcdef', 4)).toBe('abc…');
    expect(oneLine('ab😀cd', 4)).toBe('ab…');
  });

  it('is never longer than asked, is one line and is well-formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 2, max: 40 }), (text, max) => {
        const line = oneLine(text, max);
        expect(line.length).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(/[\n\r\u2028\u202e]/);
        expect(line.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('hostile lengths', () => {
  // Not timed: an expression that backtracks on these never comes back.
  it.each(['a', 'a ', 'a\u202e', '1.', 'allergy to ', ' '])('comes back from a megabyte of %j', (unit) => {
    const text = `${unit.repeat(1_000_000 / unit.length)}\u0000`;
    expect(oneLine(text, 120).length).toBeLessThanOrEqual(120);
    expect(foldWords(text).length).toBeLessThanOrEqual(512);
  });
});

describe('foldWords', () => {
  it.each([
    ['Pénicilline-V (oral)', 'penicilline v oral'],
    ['  ', ''],
    ['5 MG/ML', '5 mg ml'],
  ])('folds %j to %j', (text, folded) => {
    expect(foldWords(text)).toBe(folded);
  });
});

describe('listed', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], 'a, b, c, d, e and 3 more'],
  ])('%j reads %j', (names, text) => {
    expect(listed(names)).toBe(text);
  });
});
