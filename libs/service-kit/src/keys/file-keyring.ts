import { type JsonWebKey, type KeyObject, createPrivateKey } from 'node:crypto';
import { readFileSync, statSync, unwatchFile, watchFile } from 'node:fs';

import type { KeyWithId, Keyring } from '@hie/messaging';
import type { SealKeys, TokenKeys } from '@hie/purpose-of-use';
import { z } from 'zod';

import { type TrustManifest, readTrustManifest } from './trust-manifest.js';

const privateJwk = z.object({ kty: z.string(), crv: z.string(), kid: z.string(), x: z.string(), d: z.string() });

const keyFileSchema = z.object({
  /** Ed25519, this instance's. */
  seal: privateJwk,
  /** X25519, this service's; newest first. */
  agree: z.array(privateJwk).min(1),
  /** Ed25519, where the service mints transaction tokens. */
  token: privateJwk.optional(),
  /** 32 bytes, base64url: wraps the members' data keys. */
  master: z.string().optional(),
  /** Any other private keys of the service, by their use. */
  others: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});

interface OwnKeys {
  readonly seal: KeyWithId;
  readonly agree: ReadonlyMap<string, KeyObject>;
  readonly token?: KeyWithId;
  readonly master?: Buffer;
  readonly others: ReadonlyMap<string, JsonWebKey>;
}

export interface KeyFiles {
  readonly service: string;
  readonly keyFile: string;
  readonly manifest: string;
  readonly root: string;
}

const WATCH_EVERY_MS = 2_000;

/**
 * The keys of a service from files: its own, readable by its user alone, and the signed manifest of all others'.
 *
 * Both files are watched, so that keys are rotated while running. A changed file that can't be believed is reported and the
 * keys that were good stay.
 */
export class FileKeyring implements Keyring {
  private own: OwnKeys;
  private manifest: TrustManifest;

  constructor(
    private readonly files: KeyFiles,
    private readonly onError: (error: unknown) => void,
  ) {
    refuseReadableByOthers(files.keyFile);
    this.own = readOwnKeys(files.keyFile);
    this.manifest = readManifest(files);
    for (const path of [files.keyFile, files.manifest]) {
      watchFile(path, { interval: WATCH_EVERY_MS, persistent: false }, () => this.reload());
    }
  }

  close(): void {
    unwatchFile(this.files.keyFile);
    unwatchFile(this.files.manifest);
  }

  sealingKey = (): KeyWithId => this.own.seal;
  sealKeys = (): SealKeys => this.manifest.sealKeys;
  tokenKeys = (): TokenKeys => this.manifest.tokenKeys;
  agreementKey = (kid: string): KeyObject | undefined => this.own.agree.get(kid);
  agreementKeyOf = (service: string): KeyWithId | undefined => this.manifest.agreementKeys.get(service)?.[0];

  agreementPublicKey(kid: string): KeyObject | undefined {
    for (const keys of this.manifest.agreementKeys.values()) {
      const found = keys.find((key) => key.kid === kid);
      if (found !== undefined) return found.key;
    }
    return undefined;
  }

  /** Signs transaction tokens; only the gateway has one. @throws RangeError elsewhere. */
  tokenKey(): KeyWithId {
    if (this.own.token === undefined) throw new RangeError('This service does not mint transaction tokens.');
    return this.own.token;
  }

  /** Wraps the members' data keys. @throws RangeError where the service keeps no patient's data. */
  masterKey(): Buffer {
    if (this.own.master === undefined) throw new RangeError('This service has no master key.');
    return this.own.master;
  }

  /** A private key for another use (`log`, `member-client`, …). @throws RangeError when there is none. */
  privateJwk(use: string): JsonWebKey {
    const jwk = this.own.others.get(use);
    if (jwk === undefined) throw new RangeError('This service has no key for that use.');
    return jwk;
  }

  private reload(): void {
    try {
      this.own = readOwnKeys(this.files.keyFile);
      const manifest = readManifest(this.files);
      if (manifest.iat < this.manifest.iat)
        throw new RangeError('The trust manifest is older than the one that is held.');
      this.manifest = manifest;
    } catch (error) {
      this.onError(error);
    }
  }
}

function readOwnKeys(path: string): OwnKeys {
  const { seal, agree, token, master, others } = keyFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return {
    seal: { kid: seal.kid, key: privateKey(seal) },
    agree: new Map(agree.map((jwk) => [jwk.kid, privateKey(jwk)])),
    others: new Map(Object.entries(others)),
    ...(token === undefined ? {} : { token: { kid: token.kid, key: privateKey(token) } }),
    ...(master === undefined ? {} : { master: Buffer.from(master, 'base64url') }),
  };
}

const readManifest = ({ manifest, root }: KeyFiles): TrustManifest =>
  readTrustManifest(readFileSync(manifest, 'utf8'), JSON.parse(readFileSync(root, 'utf8')) as JsonWebKey);

const privateKey = (jwk: JsonWebKey): KeyObject => createPrivateKey({ key: jwk, format: 'jwk' });

function refuseReadableByOthers(path: string): void {
  if ((statSync(path).mode & 0o077) !== 0) throw new RangeError('The key file may be read by its owner alone (0600).');
}
