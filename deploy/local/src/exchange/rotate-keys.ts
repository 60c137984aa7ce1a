import { type JsonWebKey, createPrivateKey } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type ServiceName, services } from '@hie/contracts';

import { type KeyVault, type VaultKey, fileVault, readKeyFileAt, writeKeyFile } from '@hie/key-store';
import { rotateIssuerKey } from './rotate-issuer-key.js';
import {
  type PrivateAndPublic,
  agreementPair,
  holderOf,
  instancesIn,
  jws,
  keyFilesIn,
  sealIn,
  sealPair,
} from './trust-material.js';

type PublicKey = JsonWebKey & { readonly kid: string; readonly exp?: number };
interface Published {
  readonly seal: readonly PublicKey[];
  readonly agree: readonly PublicKey[];
  readonly token: readonly PublicKey[];
}
type Manifest = Readonly<Record<string, Published>>;
interface KeyFile {
  readonly seal: PublicKey;
  readonly agree: readonly PublicKey[];
  readonly token?: VaultKey['entry'];
  readonly [other: string]: unknown;
}

/** What a service waits at most until it has read a changed file. */
export const READ_WITHIN_MS = 5_000;

/**
 * Changes the keys of every service and instance, and the one that identity-provider issues tokens with, while they run, in three steps with time between: the caller waits at least `READ_WITHIN_MS` after each,
 * and after `use` for as long as a transaction token lives before it takes the third.
 *
 * No step asks anything of two services at the same moment: what is signed or wrapped by one is readable to all before and after each.
 */
export interface KeyRotation {
  /** The next public keys are in the manifest; the services hold the private halves and use the ones they had. */
  publish(): void;
  /** They sign with the next, and data keys are wrapped for the next. Not before whoever fetches identity-provider's keys has fetched them again. */
  use(): void;
  /**
   * The former token key is gone from the manifest. A former seal key ends: what the broker took before stays readable, for a topic that
   * is a table is read from its beginning; so does the agreement key that opens it.
   */
  retire(): void;
}

/**
 * Opens the next rotation of an exchange's keys in its trust folder, which holds the root's private key too.
 *
 * @param vault where the exchange keeps what services sign with.
 */
export function rotateKeys(folder: string, now: () => number = Date.now, vault: KeyVault = fileVault): KeyRotation {
  const round = nextRound(folder);
  const instances = instancesIn(folder);
  const instancesOf = (service: ServiceName) => instances.get(service) as readonly string[];
  const agreements = new Map(services.map((service) => [service, agreementPair(`${service}-agree-${round}`)]));
  const agreementOf = (service: ServiceName) => agreements.get(service) as PrivateAndPublic;
  const holders = services.flatMap((service) => instancesOf(service).map((instance) => holderOf(service, instance)));
  const seals = new Map(holders.map((holder) => [holder, sealPair(`${holder}-seal-${round}`)]));
  const sealOf = (holder: string) => seals.get(holder) as PrivateAndPublic;
  const tokens = new Map<string, VaultKey>();
  /** The gateway's alone; made when it is first needed. */
  const tokenOf = (holder: string): VaultKey => {
    const token = tokens.get(holder) ?? vault.make({ crv: 'P-256', kid: `${holder}-token-${round}` });
    tokens.set(holder, token);
    return token;
  };
  const changeFiles = (service: ServiceName, change: (file: KeyFile, holder: string) => KeyFile): void => {
    const seal = sealIn(folder, service, vault);
    for (const instance of instancesOf(service)) {
      const { keyFile } = keyFilesIn(folder, service, instance);
      const file = readKeyFileAt(keyFile, service, seal) as KeyFile;
      writeKeyFile(keyFile, service, change(file, holderOf(service, instance)), seal);
    }
  };
  const publicOf = <T>(service: ServiceName, of: (holder: string) => { readonly publicJwk: T }) =>
    instancesOf(service).map((instance) => of(holderOf(service, instance)).publicJwk as PublicKey);
  const issuer = rotateIssuerKey(folder, `oidc-${round}`, vault);
  const endedS = Math.floor(now() / 1000);
  return {
    publish() {
      for (const service of services) {
        const { privateJwk } = agreementOf(service);
        changeFiles(service, (file) => ({ ...file, agree: [...file.agree, privateJwk as PublicKey] }));
      }
      changeManifest(folder, now(), (service, { seal, agree, token }) => ({
        seal: [...seal, ...publicOf(service, sealOf)],
        agree: [...agree, agreementOf(service).publicJwk as PublicKey],
        token: token.length === 0 ? [] : [...token, ...publicOf(service, tokenOf)],
      }));
      issuer.publish();
    },
    use() {
      for (const service of services) {
        changeFiles(service, (file, holder) => ({
          ...file,
          seal: sealOf(holder).privateJwk as PublicKey,
          ...(file.token === undefined ? {} : { token: tokenOf(holder).entry }),
        }));
      }
      changeManifest(folder, now(), (_service, published) => ({
        ...published,
        agree: [...published.agree.slice(-1), ...published.agree.slice(0, -1)],
      }));
      issuer.use();
    },
    retire() {
      const endS = Math.max(endedS, Math.floor(now() / 1000));
      changeManifest(folder, now(), (service, { seal, agree, token }) => {
        const current = instancesOf(service).length;
        const ended = seal.slice(0, -current).map((key) => (key.exp === undefined ? { ...key, exp: endS } : key));
        return { seal: [...ended, ...seal.slice(-current)], agree, token: token.slice(-current) };
      });
      issuer.retire();
    },
  };
}

/** Key ids are never used twice: a service's instances share one agreement key a round. */
const nextRound = (folder: string): number => (readManifest(folder)['gateway']?.agree.length ?? 0) + 1;

function readManifest(folder: string): Manifest {
  const [, payload = ''] = readFileSync(keyFilesIn(folder, 'gateway').manifest, 'utf8').split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { services: Manifest }).services;
}

function changeManifest(
  folder: string,
  nowMs: number,
  change: (service: ServiceName, published: Published) => Published,
): void {
  const manifest = readManifest(folder);
  const changed = services.map((service) => [service, change(service, manifest[service] as Published)] as const);
  const root = JSON.parse(readFileSync(join(folder, 'trust-root.private.jwk'), 'utf8')) as JsonWebKey;
  const body = { iat: Math.floor(nowMs / 1000), services: Object.fromEntries(changed) };
  const path = keyFilesIn(folder, 'gateway').manifest;
  writeFileSync(`${path}.new`, jws(body, createPrivateKey({ key: root, format: 'jwk' })));
  renameSync(`${path}.new`, path);
}
