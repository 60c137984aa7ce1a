// One-Step Key Derivation (NIST SP 800-56C Rev. 2, section 4, option 1: SHA-256) over secrets of 256 bits each, one after the other.
import { type KeyObject, createSecretKey, hash } from 'node:crypto';

const COUNTER = Buffer.from([0, 0, 0, 1]);

/**
 * One key from several: whoever lacks any of them has none.
 *
 * @param keys 256 bits each, in an order that both sides keep
 * @param what the derived key is for; keys for different uses have nothing to do with one another
 */
export function keyUnder(keys: readonly KeyObject[], what: string): KeyObject {
  const secrets = keys.map((key) => key.export());
  return createSecretKey(hash('sha256', Buffer.concat([COUNTER, ...secrets, Buffer.from(what)]), 'buffer'));
}
