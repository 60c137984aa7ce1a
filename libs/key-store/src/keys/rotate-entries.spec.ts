import { type RotationStep, rotateEntries, rotateMaster, rotateWrapping, whyMasterStays } from './rotate-entries.js';

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

describe('a master key', () => {
  it('changes in three steps, and the next opens before it derives anything', () => {
    const [former, next] = rotateMaster('former', 'publish', ['apart']);
    expect(former).toBe('former');
    expect(Buffer.from(next ?? '', 'base64url')).toHaveLength(32);
    const used = rotateMaster(['former', 'next'], 'use', ['apart']);
    expect(used).toEqual(['next', 'former']);
    expect(rotateMaster(used, 'retire', ['apart'])).toEqual(['next']);
  });

  it.each<[string, string | readonly string[], RotationStep, readonly string[] | undefined, string]>([
    ['wraps data keys still', 'former', 'publish', undefined, 'data-keys-under-it'],
    ['wraps some of them still', 'former', 'publish', ['next', 'former'], 'data-keys-under-it'],
    ['wraps them anew, as the next one', ['next', 'former'], 'retire', ['former'], 'data-keys-under-it'],
    ['is changing already', ['former', 'next'], 'publish', ['apart'], 'rotation-under-way'],
    ['has no next one', 'former', 'use', ['apart'], 'nothing-published'],
  ])('stays where it %s', (_what, master, step, wrapping, code) => {
    expect(() => rotateMaster(master, step, wrapping)).toThrow(code);
  });

  it('lasts where others hold on to what is derived from it', () => {
    expect(['audit-ledger', 'gateway'].map(whyMasterStays)).not.toContain(undefined);
    expect(['patient-index', 'identity-provider', 'toString'].map(whyMasterStays)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
