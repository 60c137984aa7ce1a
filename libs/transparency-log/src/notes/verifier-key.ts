// C2SP signed-note, "Signatures" and "Verifier keys" (https://c2sp.org/signed-note@v1.0.0#verifier-keys); the key types of
// cosignatures are in C2SP tlog-cosignature (https://c2sp.org/tlog-cosignature).
import { createPublicKey, hash, type KeyObject } from 'node:crypto';

import { TransparencyLogError } from '../failure.js';
import { decodeBase64, encodeBase64 } from './base64.js';
import { isKeyName } from './signed-note.js';

/**
 * What a key signs and how.
 *
 * - `ed25519` (0x01): the text of a note; a log's signature on its checkpoint.
 * - `cosignature-ed25519` (0x04): a witness's timestamped statement about a checkpoint.
 * - `cosignature-ml-dsa-44` (0x06): the same, safe against quantum computers and bound to the witness's name.
 */
export type KeyType = 'ed25519' | 'cosignature-ed25519' | 'cosignature-ml-dsa-44';

/** A public key under the name by which notes refer to it. */
export interface VerifierKey {
  readonly name: string;
  readonly type: KeyType;
  /** SHA-256(name ‖ 0x0A ‖ type ‖ public key), the first four bytes, big-endian. */
  readonly keyId: number;
  readonly publicKey: KeyObject;
}

interface KeyKind {
  readonly byte: number;
  readonly publicKeyBytes: number;
  readonly asymmetricKeyType: string;
  /** The member of a JSON Web Key that holds the public key, and what stands beside it (RFC 8037; RFC 9964). */
  readonly jwk: { readonly member: 'x' | 'pub'; readonly rest: Readonly<Record<string, string>> };
}

const ed25519: Omit<KeyKind, 'byte'> = {
  publicKeyBytes: 32,
  asymmetricKeyType: 'ed25519',
  jwk: { member: 'x', rest: { kty: 'OKP', crv: 'Ed25519' } },
};

export const keyKinds: Readonly<Record<KeyType, KeyKind>> = {
  ed25519: { byte: 0x01, ...ed25519 },
  'cosignature-ed25519': { byte: 0x04, ...ed25519 },
  'cosignature-ml-dsa-44': {
    byte: 0x06,
    publicKeyBytes: 1312,
    asymmetricKeyType: 'ml-dsa-44',
    jwk: { member: 'pub', rest: { kty: 'AKP', alg: 'ML-DSA-44' } },
  },
};

/**
 * Names a public key.
 *
 * @throws TransparencyLogError `key-malformed` when the name may not stand in a note, or the key is of another algorithm.
 */
export function verifierKey(name: string, type: KeyType, publicKey: KeyObject): VerifierKey {
  if (!isKeyName(name) || publicKey.asymmetricKeyType !== keyKinds[type].asymmetricKeyType) {
    throw new TransparencyLogError('key-malformed');
  }
  return { name, type, keyId: keyIdOf(name, typedBytes(type, publicKey)), publicKey };
}

/** The key as one line to hand out: `<name>+<key id in hexadecimal>+<base64 of type and public key>`. */
export function formatVerifierKey({ name, type, keyId, publicKey }: VerifierKey): string {
  return `${name}+${formatKeyId(keyId)}+${encodeBase64(typedBytes(type, publicKey))}`;
}

/**
 * Reads a key that {@link formatVerifierKey}, Go's `note` package or a log's operator wrote.
 *
 * @throws TransparencyLogError `key-malformed`, also when the key id is not the key's; `key-unsupported` for another
 *   signature type, and for ML-DSA-44 where Node's OpenSSL is older than 3.5.
 */
export function parseVerifierKey(line: string): VerifierKey {
  const [name = '', keyId = '', ...key] = line.trim().split('+');
  const bytes = decodeBase64(key.join('+'));
  if (!isKeyName(name) || bytes === undefined || bytes.length === 0) throw new TransparencyLogError('key-malformed');
  const type = keyTypeOf(bytes[0] as number);
  if (bytes.length !== 1 + keyKinds[type].publicKeyBytes || keyId !== formatKeyId(keyIdOf(name, bytes))) {
    throw new TransparencyLogError('key-malformed');
  }
  return verifierKey(name, type, importPublicKey(type, bytes.subarray(1)));
}

/** @throws TransparencyLogError `key-unsupported`. */
export function keyTypeOf(byte: number): KeyType {
  const found = Object.entries(keyKinds).find(([, kind]) => kind.byte === byte);
  if (found === undefined) throw new TransparencyLogError('key-unsupported');
  return found[0] as KeyType;
}

export function formatKeyId(keyId: number): string {
  return keyId.toString(16).padStart(8, '0');
}

function keyIdOf(name: string, typed: Uint8Array): number {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'buffer').readUInt32BE(0);
}

function typedBytes(type: KeyType, publicKey: KeyObject): Uint8Array {
  const { byte, jwk } = keyKinds[type];
  const encoded = (publicKey.export({ format: 'jwk' }) as Record<string, string | undefined>)[jwk.member];
  return Buffer.concat([Buffer.of(byte), Buffer.from(encoded as string, 'base64url')]);
}

function importPublicKey(type: KeyType, bytes: Uint8Array): KeyObject {
  const { member, rest } = keyKinds[type].jwk;
  const key = { ...rest, [member]: Buffer.from(bytes).toString('base64url') };
  try {
    return createPublicKey({ format: 'jwk', key });
  } catch (cause) {
    throw new TransparencyLogError('key-unsupported', {}, { cause });
  }
}
