// AES-256-GCM, NIST SP 800-38D: random 96-bit IV, 128-bit tag.
import { type KeyObject, createCipheriv, createDecipheriv, createHmac, createSecretKey } from 'node:crypto';

import { LedgerEntryError } from './sealed-leaf.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;

export type Part = 'head' | 'details';

/** Gives so many random bytes. */
export type Random = (bytes: number) => Uint8Array;

/** A key of one entry's own, so that no key seals more than a few values however long the log grows. */
export const entryKey = (key: KeyObject, use: string, eventId: string): Buffer =>
  createHmac('sha256', key).update(`hie ledger ${use} ${eventId}`).digest();

/**
 * Encrypts a text padded with spaces, which JSON does not mind, to `least` bytes or twice, four times, … as many: of two entries of a
 * kind the length says nothing.
 */
export function sealPart(
  key: Buffer,
  part: Part,
  eventId: string,
  text: string,
  least: number,
  random: Random,
): string {
  const plain = Buffer.from(text);
  let room = least;
  while (room < plain.length) room *= 2;
  const iv = random(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), iv);
  cipher.setAAD(associated(part, eventId));
  const spaces = Buffer.alloc(room - plain.length, ' ');
  const sealed = [iv, cipher.update(plain), cipher.update(spaces), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(sealed).toString('base64url');
}

/** @throws LedgerEntryError `entry-unreadable`: another key, another entry, or changed bytes. */
export function openPart(key: Buffer, part: Part, eventId: string, sealed: string): unknown {
  try {
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), bytes.subarray(0, IV_BYTES));
    decipher.setAAD(associated(part, eventId));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    return JSON.parse(plain.toString());
  } catch (cause) {
    throw new LedgerEntryError('entry-unreadable', { cause });
  }
}

const associated = (part: Part, eventId: string): Buffer => Buffer.from(`hie ledger entry 2 ${part} ${eventId}`);
