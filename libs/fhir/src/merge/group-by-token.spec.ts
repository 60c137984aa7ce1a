import fc from 'fast-check';

import { groupByToken } from './group-by-token.js';

const byItself = (tokens: readonly string[]): readonly string[] => tokens;

describe('groupByToken', () => {
  it.each<[name: string, entries: string[][], groups: string[][][]]>([
    ['a shared token joins', [['a'], ['b'], ['a', 'c']], [[['a'], ['a', 'c']], [['b']]]],
    [
      'through a third entry that comes last',
      [['a'], ['b'], ['c'], ['a', 'b', 'c']],
      [[['a'], ['b'], ['c'], ['a', 'b', 'c']]],
    ],
    [
      'two chains that meet at their ends',
      [
        ['a', 'b'],
        ['c', 'd'],
        ['b', 'e'],
        ['d', 'f'],
        ['e', 'f'],
      ],
      [
        [
          ['a', 'b'],
          ['c', 'd'],
          ['b', 'e'],
          ['d', 'f'],
          ['e', 'f'],
        ],
      ],
    ],
    ['an entry without tokens stands alone', [[], [], ['a']], [[[]], [[]], [['a']]]],
    ['nothing', [], []],
  ])('%s', (_name, entries, groups) => {
    expect(groupByToken(entries, byItself).map(({ members }) => members)).toEqual(groups);
  });

  it('is the transitive closure of sharing a token, as worked out the slow way', () => {
    const entries = fc.array(fc.uniqueArray(fc.constantFrom(...'abcdefghij'), { maxLength: 3 }), { maxLength: 12 });
    fc.assert(
      fc.property(entries, (given) => {
        const label = given.map((_, at) => at);
        for (let round = 0; round < given.length; round += 1) {
          given.forEach((one, a) => {
            given.forEach((other, b) => {
              if (one.some((token) => other.includes(token))) label[a] = label[b] = Math.min(label[a]!, label[b]!);
            });
          });
        }
        const numbered = given.map((tokens, at) => ({ tokens, at }));
        const groups = groupByToken(numbered, ({ tokens }) => tokens);
        for (const { members } of groups) expect(new Set(members.map(({ at }) => label[at])).size).toBe(1);
        expect(groups).toHaveLength(new Set(label).size);
        expect(groups.flatMap(({ members }) => members)).toHaveLength(given.length);
      }),
    );
  });
});
