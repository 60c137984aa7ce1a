// AES-256-GCM (NIST SP 800-38D) over a key file, bound to the service that it belongs to.
import { type KeyObject, createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { z } from 'zod';

import { refuseReadableByOthers } from './refuse-readable-by-others.js';

/** What a key file is encrypted under. `service` is bound in: one service's file does not open as another's. */
export interface KeyFileSeal {
  seal(plain: Buffer, service: string): Buffer;
  open(sealed: Buffer, service: string): Buffer;
}

const sealedSchema = z.strictObject({ sealed: z.string() });

export const writeSealed = (text: string, service: string, seal: KeyFileSeal): string =>
  JSON.stringify({ sealed: seal.seal(Buffer.from(text), service).toString('base64url') });

/**
 * The text of a key file, opened where it is sealed.
 *
 * @throws RangeError when the file is sealed and nothing opens it, or is in the clear although it should be sealed.
 */
export function readSealed(text: string, service: string, seal: KeyFileSeal | undefined): string {
  const { data } = sealedSchema.safeParse(JSON.parse(text));
  if ((data === undefined) !== (seal === undefined)) {
    throw new RangeError('A key file is sealed exactly where KEY_FILE_SECRET or KEY_FILE_PKCS11_KEY is set.');
  }
  return data === undefined || seal === undefined
    ? text
    : seal.open(Buffer.from(data.sealed, 'base64url'), service).toString();
}

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Under 32 bytes (base64url) in a file of their own, that its owner alone may read: on a disk that the key file is not on. */
export function secretFileSeal(path: string): KeyFileSeal {
  refuseReadableByOthers(path);
  const bytes = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url');
  if (bytes.length !== KEY_BYTES) throw new RangeError('A key file is sealed under 32 bytes.');
  return keySeal(createSecretKey(bytes));
}

/** IV, ciphertext, tag. */
function keySeal(key: KeyObject): KeyFileSeal {
  return {
    seal(plain, service) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(additional(service));
      return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed, service) {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(additional(service)).setAuthTag(sealed.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    },
  };
}

/** Under an AES key that never leaves a PKCS#11 token. */
export const tokenSeal = (
  token: { seal(label: string, plain: Buffer, additional: Buffer): Buffer; open: typeof token.seal },
  label: string,
): KeyFileSeal => ({
  seal: (plain, service) => token.seal(label, plain, additional(service)),
  open: (sealed, service) => token.open(label, sealed, additional(service)),
});

const additional = (service: string): Buffer => Buffer.from(`hie key file ${service}`);
