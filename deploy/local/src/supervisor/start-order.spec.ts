import fc from 'fast-check';

import { type Ordered, startOrder } from './start-order.js';

const names = (waves: readonly (readonly Ordered[])[]): string[][] => waves.map((wave) => wave.map(({ name }) => name));

describe(startOrder.name, () => {
  it('starts at the same time what waits for the same', () => {
    const items = [
      { name: 'gateway', after: ['kafka', 'identity-provider'] },
      { name: 'kafka' },
      { name: 'identity-provider', after: ['postgres'] },
      { name: 'postgres' },
    ];
    expect(names(startOrder(items))).toEqual([['kafka', 'postgres'], ['identity-provider'], ['gateway']]);
  });

  it('starts nothing before what it waits for, and leaves nothing out', () => {
    const items = fc
      .array(fc.nat(), { maxLength: 12 })
      .map((seeds) =>
        seeds.map((seed, index) => ({ name: `p${index}`, after: index === 0 ? [] : [`p${seed % index}`] })),
      );
    fc.assert(
      fc.property(items, (all) => {
        const waves = names(startOrder(all));
        const waveOf = new Map(waves.flatMap((wave, number) => wave.map((name) => [name, number] as const)));
        expect(waveOf.size).toBe(all.length);
        for (const { name, after } of all) {
          for (const other of after) expect(waveOf.get(other)).toBeLessThan(waveOf.get(name) as number);
        }
      }),
    );
  });

  it.each<[string, Ordered[], RegExp]>([
    ['a name given twice', [{ name: 'a' }, { name: 'a' }], /twice/],
    ['a name that is not there', [{ name: 'a', after: ['b'] }], /not there/],
    [
      'a circle',
      [
        { name: 'a', after: ['b'] },
        { name: 'b', after: ['a'] },
      ],
      /circle/,
    ],
  ])('refuses %s', (_name, items, message) => {
    expect(() => startOrder(items)).toThrow(message);
  });
});
