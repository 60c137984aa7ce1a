import { createHmac, createSecretKey } from 'node:crypto';

/**
 * UUIDs made from names under a secret key: the same name gives the same UUID, and without the key nobody can find the name or tell whether
 * two UUIDs of two keys belong together. With a key for each requester, ids that leave the exchange are pairwise.
 *
 * Version 8 of RFC 9562 (section 5.8, custom): the first 128 bits of HMAC-SHA-256, version and variant set. Version 5 would be a hash that
 * anybody can recompute from a guessed name.
 *
 * @param key at least 16 bytes
 * @throws RangeError for a shorter key
 */
export function nameBasedUuids(key: Uint8Array): (name: string) => string {
  if (key.length < 16) throw new RangeError('The key of name-based UUIDs must have at least 16 bytes');
  // Made once: making a key object of the bytes for each name took a third of the time of a whole set of cards.
  const secret = createSecretKey(key);
  return (name) => {
    const bytes = createHmac('sha256', secret).update(name, 'utf8').digest();
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  };
}
