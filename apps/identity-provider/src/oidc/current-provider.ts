import type { KeyStore, SigningKey } from '@hie/key-store';
import type Provider from 'oidc-provider';

/**
 * The authorisation server under the keys of this moment.
 *
 * The library takes its keys once. It keeps nothing of a sign-in in memory, so another is made when the keys have changed; requests under way
 * end with the one they began with.
 */
export class CurrentProvider {
  private keys: readonly SigningKey[] | undefined;
  private provider: Provider | undefined;

  constructor(
    private readonly store: KeyStore,
    private readonly make: (keys: readonly SigningKey[]) => Provider,
  ) {}

  get(): Provider {
    const keys = this.store.signingKeys('oidc');
    if (this.provider === undefined || !isSame(keys, this.keys)) {
      this.provider = this.make(keys);
      this.keys = keys;
    }
    return this.provider;
  }
}

/** A key file that was read again gives new objects for the same keys. */
const isSame = (some: readonly SigningKey[], others: readonly SigningKey[] | undefined): boolean =>
  some.length === others?.length && some.every(({ kid }, at) => kid === others[at]?.kid);
