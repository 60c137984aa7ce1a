import { type JsonWebKey, type KeyObject, hash } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';

import {
  type KeyFileSeal,
  type KeyStore,
  MemberKeyFolder,
  type Pkcs11Token,
  type SigningKey,
  type SigningUse,
  readSealed,
  refuseReadableByOthers,
  whyMasterStays,
} from '@hie/key-store';
import type { KeyWithId, Keyring } from '@hie/messaging';
import type { SealKeys, TokenKeys } from '@hie/purpose-of-use';

import { type OwnKeys, readKeyFile } from './key-file.js';
import { type TrustManifest, readTrustManifest } from './trust-manifest.js';

export interface KeyFiles {
  readonly service: string;
  readonly keyFile: string;
  readonly manifest: string;
  readonly root: string;
  /** The folder of members' wrapping keys; absent where nothing is read or written that lies under one. */
  readonly members?: string | undefined;
}

/** What keeps the keys from who may read the disk. */
export interface KeyProtection {
  /** The key file is encrypted under this; without it, it is in the clear. */
  readonly seal?: KeyFileSeal;
  /** The files of members' wrapping keys are encrypted under this; without it, they are in the clear. */
  readonly memberSeal?: KeyFileSeal;
  /** Holds the signing keys that the key file points to. */
  readonly token?: () => Pkcs11Token;
}

const WATCH_EVERY_MS = 2_000;

/**
 * The keys of a service: its own by way of its key file, readable by its user alone, and the signed manifest of all others'.
 *
 * Seals are signed and data keys unwrapped several times a message: these keys are in memory. What else signs may stay in a PKCS#11 token
 * (docs/adr/0183-keys-that-stay-in-their-device.md).
 *
 * Both files are watched, so that keys are rotated while running. A changed file that can't be believed is reported and the
 * keys that were good stay.
 */
export class FileKeyring implements Keyring, KeyStore {
  private own: OwnKeys;
  private manifest: TrustManifest;
  private readonly memberFolder: MemberKeyFolder | undefined;
  private readonly listeners: ((changed: readonly string[]) => void)[] = [];

  constructor(
    private readonly files: KeyFiles,
    private readonly onError: (error: unknown) => void,
    private readonly protection: KeyProtection = {},
  ) {
    this.own = this.readOwnKeys();
    this.manifest = readManifest(files);
    this.memberFolder =
      files.members === undefined ? undefined : new MemberKeyFolder(files.members, protection.memberSeal);
    this.memberFolder?.onDestroyed((memberId) => this.tell([`member ${memberId} destroyed`]));
    for (const path of [files.keyFile, files.manifest]) {
      watchFile(path, { interval: WATCH_EVERY_MS, persistent: false }, () => this.readAgain());
    }
  }

  close(): void {
    unwatchFile(this.files.keyFile);
    unwatchFile(this.files.manifest);
    this.memberFolder?.close();
  }

  sealingKey = (): KeyWithId => this.own.seal;
  sealKeys = (): SealKeys => this.manifest.sealKeys;
  tokenKeys = (): TokenKeys => this.manifest.tokenKeys;
  agreementKey = (kid: string): KeyObject | undefined => this.own.agree.get(kid);
  agreementKeyOf = (service: string): KeyWithId | undefined => this.manifest.agreementKeys.get(service)?.[0];

  memberKey = (memberId: string): KeyObject | undefined => this.members.find(memberId);

  /** Members' wrapping keys. @throws RangeError for a service that was given none */
  get members(): MemberKeyFolder {
    if (this.memberFolder === undefined) throw new RangeError('This service was given no folder of members’ keys.');
    return this.memberFolder;
  }

  agreementPublicKey(kid: string): KeyObject | undefined {
    for (const keys of this.manifest.agreementKeys.values()) {
      const found = keys.find((key) => key.kid === kid);
      if (found !== undefined) return found.key;
    }
    return undefined;
  }

  /** @throws RangeError when the service has no key for that use. */
  signingKeys(use: SigningUse): readonly [SigningKey, ...SigningKey[]] {
    const keys = this.own.signing.get(use);
    if (keys === undefined) throw new RangeError('This service has no key for that use.');
    return keys;
  }

  /** What wraps data keys: the first anew, the others what is still under them. @throws RangeError where there is none. */
  wrappingKeys(): readonly [Buffer, ...Buffer[]] {
    const [first, ...former] = this.own.wrapping;
    if (first === undefined) throw new RangeError('This service has no master key.');
    return [first, ...former];
  }

  /** Calls back when the service's own keys were read again and are others: a word for each use, never a key. */
  onChange(listener: (changed: readonly string[]) => void): void {
    this.listeners.push(listener);
  }

  /** What the service derives its own symmetric keys from: the first derives what is made, all of them open. @throws RangeError where it has none. */
  masterKeys(): readonly [Buffer, ...Buffer[]] {
    const [first, ...others] = this.own.master;
    if (first === undefined) throw new RangeError('This service has no master key.');
    return [first, ...others];
  }

  /** The one that derives what is made, or what lasts. @throws RangeError where the service has none. */
  masterKey(): Buffer {
    return this.masterKeys()[0];
  }

  /** Reads both files at once: for whoever meets what another process made with a key that this one has not read yet. */
  readAgain(): void {
    try {
      const before = describe(this.own);
      this.own = this.readOwnKeys();
      const changed = describe(this.own).filter((each) => !before.includes(each));
      if (changed.length > 0) this.tell(changed);
      const manifest = readManifest(this.files);
      if (manifest.iat < this.manifest.iat)
        throw new RangeError('The trust manifest is older than the one that is held.');
      this.manifest = manifest;
    } catch (error) {
      this.onError(error);
    }
  }

  private tell(changed: readonly string[]): void {
    this.listeners.forEach((listener) => listener(changed));
  }

  private readOwnKeys(): OwnKeys {
    const { keyFile, service } = this.files;
    refuseReadableByOthers(keyFile);
    const { seal, token = noToken } = this.protection;
    const own = readKeyFile(readSealed(readFileSync(keyFile, 'utf8'), service, seal), token);
    const why = whyMasterStays(service);
    if (own.master.length > 1 && why !== undefined) throw new RangeError(`This service has one master key. ${why}`);
    return own;
  }
}

/** A word for each use that keys are rotated for: the use and the ids of its keys, the first one first. Never a key. */
const describe = ({ signing, wrapping, master }: OwnKeys): readonly string[] => [
  ...[...signing].map(([use, keys]) => `${use} ${keys.map(({ kid }) => kid).join('+')}`),
  `wrapping ${wrapping.map(idOf).join('+')}`,
  `master ${master.map(idOf).join('+')}`,
];

const idOf = (secret: Buffer): string => hash('sha256', secret, 'base64url').slice(0, 8);

function noToken(): never {
  throw new RangeError('The key file points into a PKCS#11 token, and none was given.');
}

const readManifest = ({ manifest, root }: KeyFiles): TrustManifest =>
  readTrustManifest(readFileSync(manifest, 'utf8'), JSON.parse(readFileSync(root, 'utf8')) as JsonWebKey);
