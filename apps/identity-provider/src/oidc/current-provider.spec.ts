import type { KeyStore, SigningKey } from '@hie/key-store';
import type Provider from 'oidc-provider';

import { CurrentProvider } from './current-provider.js';

const keyOf = (kid: string): SigningKey => ({ kid }) as SigningKey;

describe('the provider of this moment', () => {
  it('is made anew when the keys are others, and not when the same were read again', () => {
    let kids: [string, ...string[]] = ['a'];
    const store = { signingKeys: () => kids.map(keyOf) } as unknown as KeyStore;
    const made: string[] = [];
    const current = new CurrentProvider(store, (keys) => {
      made.push(keys.map(({ kid }) => kid).join('+'));
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
});
