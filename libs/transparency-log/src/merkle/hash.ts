// RFC 6962 section 2.1 (https://www.rfc-editor.org/rfc/rfc6962.html#section-2.1), unchanged in RFC 9162 section 2.1.1.
import { hash } from 'node:crypto';

/** A SHA-256 hash: 32 bytes. */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;

const LEAF = 0x00;
const NODE = 0x01;

/** The hash of a tree without entries: SHA-256 of nothing. */
export const emptyRoot: Hash = sha256(new Uint8Array(0));

// Both inputs are laid behind their domain byte in a scratch buffer: one call into OpenSSL a hash instead of three.
let leafScratch = new Uint8Array(8 * 1024);
const nodeScratch = new Uint8Array(1 + 2 * HASH_BYTES);
nodeScratch[0] = NODE;

/**
 * The hash of one entry: SHA-256(0x00 ‖ entry).
 *
 * The leading byte keeps an entry from ever being taken for an interior node (second preimage resistance).
 */
export function leafHash(entry: Uint8Array): Hash {
  if (entry.length >= leafScratch.length) leafScratch = new Uint8Array(entry.length * 2);
  leafScratch[0] = LEAF;
  leafScratch.set(entry, 1);
  return sha256(leafScratch.subarray(0, entry.length + 1));
}

/** The hash of an interior node: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Hash, right: Hash): Hash {
  nodeScratch.set(left, 1);
  nodeScratch.set(right, 1 + HASH_BYTES);
  return sha256(nodeScratch);
}

/** Whether two byte strings are the same. Hashes are public, so the time this takes may tell where they differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

// As a string and back: that costs half of what the allocation of a 32-byte buffer outside of V8's heap does.
function sha256(bytes: Uint8Array): Hash {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'binary');
}
