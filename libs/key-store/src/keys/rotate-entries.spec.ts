import { type RotationStep, rotateEntries, rotateWrapping } from './rotate-entries.js';

const never = (): never => {
  throw new RangeError('No key is made in this step.');
};

describe('the keys of a use', () => {
  it('change in three steps, without a moment that knows only one of two', () => {
    const published = rotateEntries('former', 'publish', () => 'next');
    expect(published).toEqual(['former', 'next']);
    const used = rotateEntries(published, 'use', never);
    expect(used).toEqual(['next', 'former']);
    expect(rotateEntries(used, 'retire', never)).toEqual(['next']);
  });

  it('gives a published key up when it is retired before it is used', () => {
    expect(rotateEntries(['former', 'next'], 'retire', never)).toEqual(['former']);
  });

  it.each<[RotationStep, unknown, string]>([
    ['publish', ['former', 'next'], 'rotation-under-way'],
    ['use', 'former', 'nothing-published'],
    ['retire', ['former'], 'nothing-published'],
  ])('take no %s out of its turn', (step, entries, code) => {
    expect(() => rotateEntries(entries, step, never)).toThrow(code);
  });
});

describe('the key that wraps data keys', () => {
  it('is put before the former, which is destroyed when nothing is under it', () => {
    const [next, former, ...others] = rotateWrapping(['former'], 'publish');
    expect([former, others]).toEqual(['former', []]);
    expect(Buffer.from(next ?? '', 'base64url')).toHaveLength(32);
    expect(rotateWrapping([next ?? '', 'former'], 'retire')).toEqual([next]);
    expect(rotateWrapping(['former'], 'publish')[0]).not.toBe(next);
  });

  it('takes no step out of its turn', () => {
    expect(() => rotateWrapping(['a', 'b'], 'publish')).toThrow('rotation-under-way');
    expect(() => rotateWrapping(['a'], 'retire')).toThrow('nothing-published');
  });
});
