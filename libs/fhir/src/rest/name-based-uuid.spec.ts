import { nameBasedUuids } from './name-based-uuid.js';

const key = Buffer.from('0123456789abcdef');

describe('nameBasedUuids', () => {
  it('is a version 8 UUID of the first half of HMAC-SHA-256', () => {
    // printf 'card coverage ' | openssl dgst -sha256 -hmac 0123456789abcdef
    // = a4a209adf8096864d20079508133727b...; version and variant bits set by hand.
    expect(nameBasedUuids(key)('card coverage ')).toBe('a4a209ad-f809-8864-9200-79508133727b');
    expect(nameBasedUuids(key)('anything')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('is the same for the same name and key, and another for another of either', () => {
    const other = nameBasedUuids(Buffer.from('fedcba9876543210'));
    expect(nameBasedUuids(key)('a')).toBe(nameBasedUuids(key)('a'));
    expect(new Set([nameBasedUuids(key)('a'), nameBasedUuids(key)('b'), other('a'), other('b')]).size).toBe(4);
  });

  it('refuses a short key', () => {
    expect(() => nameBasedUuids(new Uint8Array(15))).toThrow(RangeError);
  });
});
