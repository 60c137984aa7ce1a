import { decode, encode } from '@jridgewell/sourcemap-codec';

import { inAscii, ownFrames } from '../../setup/bundle.mjs';

// Segments are [column, source, line, column there, name].
const map = (mappings: Parameters<typeof encode>[0]) => ({
  version: 3,
  sources: [
    '../../../node_modules/pkg/src/a.js',
    '../src/main.ts',
    '../../../src/of/a/package.ts',
    '../../../libs/fhir/src/b.ts',
  ],
  names: ['ofPackage', 'ofOwn'],
  mappings: encode(mappings),
});

describe(ownFrames.name, () => {
  it('points at own files alone, and says where they end', () => {
    const own = ownFrames(
      map([
        [
          [0, 0, 4, 2, 0],
          [10, 3, 7, 1, 1],
          [15, 3, 7, 6],
          [20, 2, 9, 0],
          [30, 2, 9, 5],
        ],
        [[0, 1, 0, 0]],
      ]),
    );
    expect(decode(own.mappings)).toEqual([[[10, 0, 7, 1, 0], [15, 0, 7, 6], [20]], [[0, 1, 0, 0]]]);
    expect(own.sources).toEqual(['../../../libs/fhir/src/b.ts', '../src/main.ts']);
    expect(own.names).toEqual(['ofOwn']);
  });

  it('does not let the last own position go on into the lines of a package', () => {
    const own = ownFrames(map([[[0, 1, 0, 0]], [], [[0, 0, 0, 0]], [[0, 1, 5, 0]]]));
    expect(decode(own.mappings)).toEqual([[[0, 0, 0, 0]], [[0]], [], [[0, 0, 5, 0]]]);
  });

  it('keeps the count of lines: a package’s are empty', () => {
    const own = ownFrames(map([[[0, 0, 0, 0]], [[0, 2, 0, 0]], [[4, 1, 1, 0]]]));
    expect(decode(own.mappings)).toEqual([[], [], [[4, 0, 1, 0]]]);
  });
});

describe(inAscii.name, () => {
  it('writes every other character as an escape, and what the regular expression means stays', () => {
    const text = String.raw`/^[—’µ\x9b😀]\d$/u`;
    const ascii = inAscii(text);
    expect(ascii).toBe(String.raw`/^[\u2014\u2019\u00b5\x9b\ud83d\ude00]\d$/u`);
    const pattern = new RegExp(ascii.slice(1, -2), 'u');
    expect(['—1', '’2', 'µ3', '\x9b4', '😀5', '\ud83d6'].map((tried) => pattern.test(tried))).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('refuses one behind a backslash', () => {
    expect(() => inAscii(String.raw`/\—/`)).toThrow('at 1');
  });
});
