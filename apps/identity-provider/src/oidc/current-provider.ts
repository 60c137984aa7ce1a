// HKDF-SHA-256, RFC 5869.
import { hkdfSync } from 'node:crypto';

import type { KeyStore, SigningKey } from '@hie/key-store';
import type { FileKeyring } from '@hie/service-kit';
import type Provider from 'oidc-provider';

/** What the library is given once: keys of tokens, and of cookies. Of each the first signs. */
export interface ProviderKeys {
  readonly signingKeys: readonly SigningKey[];
  readonly cookieKeys: readonly string[];
}

/**
 * The authorisation server under the keys of this moment.
 *
 * The library takes its keys once. It keeps nothing of a sign-in in memory, so another is made when the keys have changed; requests under way
 * end with the one they began with.
 */
export class CurrentProvider {
  private under: Under | undefined;
  private provider: Provider | undefined;

  constructor(
    private readonly store: KeyStore & Pick<FileKeyring, 'masterKeys'>,
    private readonly make: (keys: ProviderKeys) => Provider,
  ) {}

  get(): Provider {
    const under = { signingKeys: this.store.signingKeys('oidc'), masterKeys: this.store.masterKeys() };
    if (this.provider === undefined || this.under === undefined || !isSame(under, this.under)) {
      const { signingKeys, masterKeys } = under;
      this.provider = this.make({ signingKeys, cookieKeys: masterKeys.map(cookieKeyOf) });
      this.under = under;
    }
    return this.provider;
  }
}

interface Under {
  readonly signingKeys: readonly SigningKey[];
  readonly masterKeys: readonly Buffer[];
}

const cookieKeyOf = (masterKey: Buffer): string =>
  Buffer.from(hkdfSync('sha256', masterKey, '', 'hie oidc cookies', 32)).toString('base64url');

/** A key file that was read again gives new objects for the same keys. */
const isSame = (some: Under, others: Under): boolean =>
  isEach(some.signingKeys, others.signingKeys, (one, other) => one.kid === other.kid) &&
  isEach(some.masterKeys, others.masterKeys, (one, other) => one.equals(other));

const isEach = <T>(some: readonly T[], others: readonly T[], isEqual: (one: T, other: T) => boolean): boolean =>
  some.length === others.length && some.every((one, at) => isEqual(one, others[at] as T));
