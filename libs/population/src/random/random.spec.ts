import { decisionKey, fraction, mix, randomFor, sometimes, uint32 } from './random.js';
import { permutation } from './permutation.js';
import { draw, weighted } from './weighted.js';

describe('randomFor', () => {
  it('gives the same stream for the same names, and another for each other name', () => {
    const first = (seed: number, decision: string, thing: number, part: number): number =>
      uint32(randomFor(seed, decisionKey(decision), thing, part));
    expect(first(1, 'a', 2, 3)).toBe(first(1, 'a', 2, 3));
    expect(
      new Set([first(1, 'a', 2, 3), first(2, 'a', 2, 3), first(1, 'b', 2, 3), first(1, 'a', 3, 3), first(1, 'a', 2, 4)])
        .size,
    ).toBe(5);
  });

  it('keeps its bytes: a change here changes every population ever made', () => {
    const random = randomFor(42, decisionKey('golden'), 7);
    expect([uint32(random), uint32(random), uint32(random)]).toMatchInlineSnapshot(`
      [
        985219023,
        3762919647,
        3186746842,
      ]
    `);
  });

  it('spreads neighbouring things evenly over sixteen bins', () => {
    const bins = new Array<number>(16).fill(0);
    for (let thing = 0; thing < 16_000; thing += 1) {
      const bin = Math.floor(fraction(randomFor(5, 1, thing)) * 16);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const chiSquared = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(37.7); // 15 degrees of freedom, p = 0.001
  });
});

describe('sometimes', () => {
  it('moves the stream alike whether it happens or not', () => {
    const after = (probability: number): number => {
      const random = randomFor(1, 2, 3);
      sometimes(random, probability, (own) => uint32(own));
      return uint32(random);
    };
    expect(after(1)).toBe(after(0));
  });
});

describe('draw', () => {
  it('draws in proportion to the weights and never what weighs nothing', () => {
    const table = weighted(['a', 'b', 'never', 'c'], (item) => ({ a: 1, b: 2, c: 7 })[item] ?? 0);
    const counts = new Map<string, number>();
    const random = randomFor(1, 1);
    for (let i = 0; i < 10_000; i += 1) {
      const item = draw(random, table);
      counts.set(item, (counts.get(item) ?? 0) + 1);
    }
    expect(counts.get('never')).toBeUndefined();
    expect((counts.get('a') ?? 0) / 10_000).toBeCloseTo(0.1, 1);
    expect((counts.get('c') ?? 0) / 10_000).toBeCloseTo(0.7, 1);
  });

  it.each([[[0, 0]], [[1, -1]], [[Number.NaN]]])('refuses the weights %p', (weights) => {
    expect(() => weighted(weights, (weight) => weight)).toThrow(RangeError);
  });
});

describe('permutation', () => {
  it('visits every value once and goes back', () => {
    const { size, forward, backward } = permutation(mix(1, 2), 6);
    const seen = new Set(Array.from({ length: size }, (_, value) => forward(value)));
    expect(seen.size).toBe(4096);
    for (let value = 0; value < size; value += 1) expect(backward(forward(value))).toBe(value);
  });
});
