import type { KeyObject } from 'node:crypto';

import type { SigningKey } from '@hie/key-store';
import { ExternalSigningKey } from 'oidc-provider';

/** A key of the key store as the provider signs with it: the private half need not be in this process. */
export class StoredSigningKey extends ExternalSigningKey {
  constructor(private readonly key: SigningKey) {
    super();
    // The library's class takes both, and its types say that they are read alone.
    Object.assign(this, { kid: key.kid, alg: key.alg });
  }

  override keyObject(): KeyObject {
    return this.key.publicKey;
  }

  override sign(message: Uint8Array): Promise<Uint8Array> | Uint8Array {
    return this.key.sign(message);
  }
}
