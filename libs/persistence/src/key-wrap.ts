// AES Key Wrap, RFC 3394.
import { type KeyObject, createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';

const WRAP_IV = Buffer.from('a6a6a6a6a6a6a6a6', 'hex');

/** Wraps a key of 256 bits under another. */
export function wrapKey(key: Uint8Array, under: Uint8Array): Buffer {
  const cipher = createCipheriv('id-aes256-wrap', under, WRAP_IV);
  return Buffer.concat([cipher.update(key), cipher.final()]);
}

/** @throws Error when it was wrapped under another key, or changed. */
export function unwrapKey(wrapped: Uint8Array, under: Uint8Array): KeyObject {
  const decipher = createDecipheriv('id-aes256-wrap', under, WRAP_IV);
  return createSecretKey(Buffer.concat([decipher.update(wrapped), decipher.final()]));
}

/** The key, when it was wrapped under this one: AES Key Wrap says so by itself. `undefined` otherwise, and when it was changed. */
export function unwrappedBy(wrapped: Uint8Array, under: Uint8Array): KeyObject | undefined {
  try {
    return unwrapKey(wrapped, under);
  } catch {
    return undefined;
  }
}
