import { hkdfSync } from 'node:crypto';

import type { SigningKey } from '@hie/key-store';
import type Provider from 'oidc-provider';

import { CurrentProvider } from './current-provider.js';

const keyOf = (kid: string): SigningKey => ({ kid }) as SigningKey;

describe('the provider of this moment', () => {
  it('is made anew when the keys are others, and not when the same were read again', () => {
    let kids: [string, ...string[]] = ['a'];
    const store = { signingKeys: () => kids.map(keyOf), masterKeys: () => [Buffer.alloc(32, 1)] };
    const made: string[] = [];
    const current = new CurrentProvider(store as never, ({ signingKeys }) => {
      made.push(signingKeys.map(({ kid }) => kid).join('+'));
      return { made: made.length } as unknown as Provider;
    });
    const first = current.get();
    expect(current.get()).toBe(first);
    for (const next of [['a', 'b'], ['b', 'a'], ['b'], ['b']] as [string, ...string[]][]) {
      kids = next;
      current.get();
    }
    expect(made).toEqual(['a', 'a+b', 'b+a', 'b']);
    expect(current.get()).not.toBe(first);
  });

  it('signs cookies with what is derived from the first master key, and knows those of the others', () => {
    const [former, next] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    let ring = [former];
    const store = { signingKeys: () => [keyOf('a')], masterKeys: () => ring.map((key) => Buffer.from(key)) };
    const made: (readonly string[])[] = [];
    const current = new CurrentProvider(store as never, ({ cookieKeys }) => {
      made.push(cookieKeys);
      return {} as Provider;
    });
    const rings = [[former], [former], [former, next], [next, former], [next]];
    for (ring of rings) current.get();
    expect(made).toHaveLength(4);
    const [[a] = [], [, b] = []] = made;
    expect(made).toEqual([[a], [a, b], [b, a], [b]]);
    // As every exchange derived it before.
    expect(a).toBe(Buffer.from(hkdfSync('sha256', former, '', 'hie oidc cookies', 32)).toString('base64url'));
  });
});
