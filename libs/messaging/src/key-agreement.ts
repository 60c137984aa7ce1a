// X25519 (RFC 7748) + HKDF-SHA-256 (RFC 5869) + AES Key Wrap (RFC 3394), static–static.
import {
  type KeyObject,
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  diffieHellman,
  hkdfSync,
} from 'node:crypto';

import { keyUnder } from '@hie/persistence';

import { MessagingError } from './errors.js';
import type { Keyring } from './keyring.js';

const WRAP_IV = Buffer.from('a6a6a6a6a6a6a6a6', 'hex');

/** A data key wrapped for each service that may read: the value of the header `hie-keys`. */
export interface WrappedKeys {
  /** The wrapping service's key id. */
  readonly k: string;
  /** service → [its key id, wrapped data key (base64url)]. */
  readonly w: Readonly<Record<string, readonly [kid: string, wrapped: string]>>;
}

/**
 * Wraps a message's data key for just the services that may read it.
 *
 * Two services agree on one wrapping key by a static–static exchange and keep it while their keys last, so that a wrap costs an
 * AES operation (2 µs a reader) and not an exchange (90 µs). What that gives up is forward secrecy within the
 * life of a service's key, a day; `docs/adr/0006-data-keys.md`.
 */
export class KeyAgreement {
  // Key objects, not buffers: Node.js 24 looks twice, with two exceptions, whether a buffer is a key (40 µs a cipher, not 12).
  private readonly shared = new Map<string, KeyObject>();
  /** The same together with a member's wrapping key; gone with it. */
  private readonly sharedUnder = new WeakMap<KeyObject, Map<string, KeyObject>>();

  constructor(
    private readonly service: string,
    private readonly keyring: Keyring,
  ) {}

  /** @param member a member's wrapping key: who has not got it, or no more, unwraps nothing. */
  wrapFor(dataKey: KeyObject, readers: readonly string[], member?: KeyObject): WrappedKeys {
    const own = this.keyring.agreementKeyOf(this.service);
    const secret = own && this.keyring.agreementKey(own.kid);
    if (own === undefined || secret === undefined) throw new MessagingError('agreement-key-missing');
    const wraps = readers.map((reader) => {
      const theirs = this.keyring.agreementKeyOf(reader);
      if (theirs === undefined) throw new MessagingError('agreement-key-missing', { detail: reader });
      const kek = this.sharedKey(own.kid, theirs.kid, secret, theirs.key, member);
      return [reader, [theirs.kid, wrap(kek, dataKey)]] as const;
    });
    return { k: own.kid, w: Object.fromEntries(wraps) };
  }

  /** @throws MessagingError `not-a-reader` when the key was not wrapped for this service, `data-key-unreadable`. */
  unwrap(keys: WrappedKeys, member?: KeyObject): KeyObject {
    const entry = Object.hasOwn(keys.w, this.service) ? keys.w[this.service] : undefined;
    if (entry === undefined) throw new MessagingError('not-a-reader');
    const [ownKid, wrapped] = entry;
    const secret = this.keyring.agreementKey(ownKid);
    const theirs = this.keyring.agreementPublicKey(keys.k);
    if (secret === undefined || theirs === undefined) throw new MessagingError('agreement-key-missing');
    try {
      return unwrap(this.sharedKey(keys.k, ownKid, secret, theirs, member), wrapped);
    } catch (cause) {
      throw new MessagingError('data-key-unreadable', { cause });
    }
  }

  private sharedKey(
    wrapperKid: string,
    readerKid: string,
    secret: KeyObject,
    theirs: KeyObject,
    member: KeyObject | undefined,
  ): KeyObject {
    const id = `${wrapperKid} ${readerKid}`;
    const known = this.shared.get(id);
    const key = known ?? agree(id, secret, theirs);
    if (known === undefined) this.shared.set(id, key);
    return member === undefined ? key : this.under(member, id, key);
  }

  private under(member: KeyObject, id: string, shared: KeyObject): KeyObject {
    const keys = this.sharedUnder.get(member) ?? new Map<string, KeyObject>();
    const known = keys.get(id);
    if (known !== undefined) return known;
    const key = keyUnder([shared, member], `hie data key wrap ${id}`);
    this.sharedUnder.set(member, keys.set(id, key));
    return key;
  }
}

function agree(id: string, privateKey: KeyObject, publicKey: KeyObject): KeyObject {
  const agreed = diffieHellman({ privateKey, publicKey });
  return createSecretKey(Buffer.from(hkdfSync('sha256', agreed, '', `hie data key wrap ${id}`, 32)));
}

function wrap(kek: KeyObject, dataKey: KeyObject): string {
  const cipher = createCipheriv('id-aes256-wrap', kek, WRAP_IV);
  return Buffer.concat([cipher.update(dataKey.export()), cipher.final()]).toString('base64url');
}

function unwrap(kek: KeyObject, wrapped: string): KeyObject {
  const decipher = createDecipheriv('id-aes256-wrap', kek, WRAP_IV);
  return createSecretKey(Buffer.concat([decipher.update(Buffer.from(wrapped, 'base64url')), decipher.final()]));
}
