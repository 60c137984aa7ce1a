// C2SP signed-note, "Ed25519 signatures" (https://c2sp.org/signed-note@v1.0.0), and the text form of private keys that Go's
// note packages read and write (https://pkg.go.dev/golang.org/x/mod/sumdb/note#hdr-Generating_Signed_Notes).
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

import { TransparencyLogError } from '../failure.js';
import { decodeBase64, encodeBase64 } from './base64.js';
import { formatKeyId, keyKinds, keyTypeOf, type KeyType, type VerifierKey, verifierKey } from './verifier-key.js';

/**
 * Whoever can sign with a key: a private key in memory ({@link noteSigner}), or a key service in front of one, which is
 * why `sign` may take its time.
 */
export interface NoteSigner {
  readonly key: VerifierKey;
  /** A bare Ed25519 or ML-DSA-44 signature over exactly these bytes. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Signs with a private key that this process holds. */
export function noteSigner(name: string, type: KeyType, privateKey: KeyObject): NoteSigner {
  return {
    key: verifierKey(name, type, createPublicKey(privateKey)),
    sign: (message) => sign(null, message, privateKey),
  };
}

const SEED_BYTES = 32;

/** PKCS #8 up to the seed: RFC 8410 section 7 for Ed25519, RFC 9881 section 6 (seed only) for ML-DSA-44. */
const pkcs8Prefix: Readonly<Record<string, string>> = {
  ed25519: '302e020100300506032b657004220420',
  'ml-dsa-44': '3034020100300b060960864801650304031104228020',
};

/**
 * Reads a private key in the form `PRIVATE+KEY+<name>+<key id>+<base64 of type and 32-byte seed>`.
 *
 * @throws TransparencyLogError `key-malformed`, `key-unsupported`. Neither tells anything of the key.
 */
export function parseSignerKey(line: string): NoteSigner {
  const [marker, kind, name = '', keyId, ...key] = line.trim().split('+');
  const bytes = decodeBase64(key.join('+'));
  if (marker !== 'PRIVATE' || kind !== 'KEY' || bytes?.length !== 1 + SEED_BYTES) {
    throw new TransparencyLogError('key-malformed');
  }
  const type = keyTypeOf(bytes[0] as number);
  const signer = noteSigner(name, type, importSeed(type, bytes.subarray(1)));
  if (keyId !== formatKeyId(signer.key.keyId)) throw new TransparencyLogError('key-malformed');
  return signer;
}

/**
 * Writes a private key in the form that {@link parseSignerKey} and Go's note packages read. Secret: keep it out of logs
 * and away from the log's own disk.
 */
export function formatSignerKey(name: string, type: KeyType, privateKey: KeyObject): string {
  const { keyId } = noteSigner(name, type, privateKey).key;
  const jwk = privateKey.export({ format: 'jwk' }) as { d?: string; priv?: string };
  const seed = Buffer.from((jwk.d ?? jwk.priv) as string, 'base64url');
  return `PRIVATE+KEY+${name}+${formatKeyId(keyId)}+${encodeBase64(Buffer.concat([Buffer.of(keyKinds[type].byte), seed]))}`;
}

function importSeed(type: KeyType, seed: Uint8Array): KeyObject {
  const prefix = Buffer.from(pkcs8Prefix[keyKinds[type].asymmetricKeyType] as string, 'hex');
  try {
    return createPrivateKey({ format: 'der', type: 'pkcs8', key: Buffer.concat([prefix, seed]) });
  } catch (cause) {
    throw new TransparencyLogError('key-unsupported', {}, { cause });
  }
}
