import fc from 'fast-check';

import { remembered } from './remembered.js';

describe('remembered', () => {
  it('decides once for each key', () => {
    const asked: number[] = [];
    const square = remembered((n: number) => (asked.push(n), { is: n * n }), String);
    expect([square(3), square(4), square(3)]).toEqual([{ is: 9 }, { is: 16 }, { is: 9 }]);
    expect(asked).toEqual([3, 4]);
  });

  it('forgets when it is full, and does not keep what is too long', () => {
    const asked: string[] = [];
    const length = remembered(
      (text: string) => asked.push(text) && text.length,
      (text) => text,
      2,
    );
    for (const text of ['a', 'b', 'c', 'a', 'x'.repeat(2000), 'x'.repeat(2000)]) length(text);
    expect(asked.map((text) => text.length)).toEqual([1, 1, 1, 1, 2000, 2000]);
  });

  it('is the function it remembers', () => {
    const plain = (n: number): number[] => [n, n % 7];
    const quick = remembered(plain, String, 3);
    fc.assert(fc.property(fc.array(fc.nat({ max: 9 })), (list) => expect(list.map(quick)).toEqual(list.map(plain))));
  });
});
