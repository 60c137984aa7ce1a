import * as fc from 'fast-check';

import { HashChains } from './hash-chains.js';
import { uuidOf } from './named-uuid.fixture.js';
import { UuidTable } from './uuid-table.js';

describe(HashChains.name, () => {
  it('holds what a map would, however many entries share a hash, come and go', () => {
    const step = fc.record({ key: fc.nat(30), isRemoval: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 60, maxLength: 200 }), (steps) => {
        const chains = new HashChains();
        const keyOf = new Map<number, number>();
        const entryOf = new Map<number, number>();
        const hash = (key: number): number => key % 3;
        for (const { key, isRemoval } of steps) {
          const entry = chains.find(hash(key), (each) => keyOf.get(each) === key);
          expect(entry).toBe(entryOf.get(key) ?? 0);
          if (isRemoval && entry !== 0) {
            chains.remove(entry);
            keyOf.delete(entry);
            entryOf.delete(key);
          } else if (!isRemoval && entry === 0) {
            const added = chains.add(hash(key));
            expect(keyOf.has(added)).toBe(false);
            keyOf.set(added, key);
            entryOf.set(key, added);
          }
        }
      }),
    );
  });

  it('finds all of ten thousand after growing, and gives back numbers before it makes new ones', () => {
    const chains = new HashChains();
    for (let i = 1; i <= 10_000; i += 1) expect(chains.add(i * 7)).toBe(i);
    for (let i = 1; i <= 10_000; i += 1) expect(chains.find(i * 7, (entry) => entry === i)).toBe(i);
    chains.remove(5_000);
    expect(chains.find(35_000, () => true)).toBe(0);
    expect(chains.add(3)).toBe(5_000);
    expect(() => chains.remove(10_001)).toThrow(RangeError);
  });
});

describe(UuidTable.name, () => {
  const uuids = Array.from({ length: 5_000 }, (_, i) => uuidOf(String(i)));

  it('gives each its number, and the text of a number again, in a copy too', () => {
    const table = new UuidTable();
    expect(uuids.map((uuid) => table.enter(uuid))).toEqual(uuids.map((_, i) => i + 1));
    const copy = new UuidTable();
    copy.adopt(table.columns());
    expect(copy.enter(uuidOf('another'))).toBe(5_001);
    for (const each of [table, copy]) {
      expect(uuids.map((uuid) => each.find(uuid.toUpperCase()))).toEqual(uuids.map((_, i) => i + 1));
      expect(uuids.map((_, i) => each.textOf(i + 1))).toEqual(uuids);
    }
    expect(table.find(uuidOf('another'))).toBe(0);
  });

  it('takes nothing else', () => {
    const table = new UuidTable();
    expect(table.find('mercy')).toBe(0);
    expect(() => table.enter('mercy')).toThrow(RangeError);
  });
});
