import { type JsonWebKey, type KeyObject, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

import { Pkcs11Token } from '../pkcs11/pkcs11-token.js';
import { jwkSigningKey } from './jwk-signing-key.js';
import { type KeyFileSeal, readSealed, tokenSeal, writeSealed } from './sealed-key-file.js';

/** What a signing key is made as. */
export interface KeyKind {
  readonly crv: 'Ed25519' | 'P-256' | 'P-384';
  readonly kid: string;
}

/** A signing key just made: what stands in the key file, and its public half. */
export interface VaultKey {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly publicKey: KeyObject;
  readonly publicJwk: JsonWebKey;
}

/** Where the signing keys of an exchange are made and kept, and what its key files are encrypted under. */
export interface KeyVault {
  make(kind: KeyKind): VaultKey;
  /** The public half of what stands in a key file. */
  publicKeyOf(entry: unknown): KeyObject;
  readonly seal?: KeyFileSeal;
  /** What services need to find it. */
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

/** Keys in the key files, in the clear; the files are their owner's alone. */
export const fileVault: KeyVault = {
  make(kind) {
    const { privateKey } =
      kind.crv === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: kind.crv });
    return {
      entry: { ...privateKey.export({ format: 'jwk' }), ...membersOf(kind) },
      ...publicHalf(kind, createPublicKey(privateKey)),
    };
  },
  publicKeyOf: (entry) => jwkSigningKey(entry as JsonWebKey).publicKey,
  environment: {},
  close: () => undefined,
};

export interface TokenVaultSettings {
  readonly module: string;
  readonly token: string;
  readonly pinFile: string;
  /** Label of the AES key that seals key files; made when there is none. */
  readonly filesKey?: string;
  /** What the module itself reads from the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Keys in a PKCS#11 token, and key files sealed under an AES key that stays there too. */
export function tokenVault(settings: TokenVaultSettings): KeyVault {
  const { module, token: label, pinFile, filesKey = 'hie key files', env = {} } = settings;
  const token = new Pkcs11Token({ module, token: label, pin: () => readFileSync(pinFile, 'utf8').trimEnd() });
  token.ensureWrappingKey(filesKey);
  return {
    make(kind) {
      const { publicKey } = token.generateSigningKey(kind.kid, kind.crv, kind.kid);
      return { entry: { pkcs11: kind.kid, kid: kind.kid }, ...publicHalf(kind, publicKey) };
    },
    publicKeyOf: (entry) => {
      const { pkcs11 } = entry as { pkcs11?: string };
      // A key that was in the file before there was a token.
      return pkcs11 === undefined ? fileVault.publicKeyOf(entry) : token.signingKey(pkcs11).publicKey;
    },
    seal: tokenSeal(token, filesKey),
    environment: {
      ...env,
      PKCS11_MODULE: module,
      PKCS11_TOKEN: label,
      PKCS11_PIN_FILE: pinFile,
      KEY_FILE_PKCS11_KEY: filesKey,
    },
    close: () => token.close(),
  };
}

/** Replaces a key file whole, so that whoever watches it never reads half of it; only its owner may read it. */
export function writeKeyFile(path: string, service: string, content: object, { seal }: Pick<KeyVault, 'seal'>): void {
  const text = JSON.stringify(content);
  writeOwn(path, seal === undefined ? text : writeSealed(text, service, seal));
}

export const readKeyFileAt = (path: string, service: string, { seal }: Pick<KeyVault, 'seal'>): unknown =>
  JSON.parse(readSealed(readFileSync(path, 'utf8'), service, seal));

/** Replaces a file whole; only its owner may read it. */
export function writeOwn(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  chmodSync(`${path}.new`, 0o600);
  renameSync(`${path}.new`, path);
}

const algorithms = { Ed25519: 'EdDSA', 'P-256': 'ES256', 'P-384': 'ES384' } as const;

const membersOf = ({ crv, kid }: KeyKind) => (crv === 'Ed25519' ? { kid } : { kid, alg: algorithms[crv], use: 'sig' });

const publicHalf = (kind: KeyKind, publicKey: KeyObject) => ({
  publicKey,
  publicJwk: { ...publicKey.export({ format: 'jwk' }), ...membersOf(kind) },
});
