import { type JsonWebKey, type KeyObject, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { OPERATOR, type ServiceName, services } from '@hie/contracts';
import { exchangeScopes } from '@hie/purpose-of-use';
import { formatVerifierKey, verifierKey } from '@hie/transparency-log';

import {
  type KeyFileSeal,
  type KeyVault,
  MemberKeyFolder,
  type VaultKey,
  fileVault,
  readKeyFileAt,
  secretFileSeal,
  writeKeyFile,
  writeOwn,
} from '@hie/key-store';

/** Where the keys of one exchange lie, and what others need to know of them. */
export interface TrustMaterial {
  /** Where in it is what: `keyFilesIn`. */
  readonly folder: string;
  /** The operator's own client: its private key, and the file that registers it at the identity provider. */
  readonly operator: { readonly client: ClientCredentials; readonly registrationPath: string };
  /** The exchange's public key as members' client (document-query). */
  readonly memberClientJwk: JsonWebKey;
  /** The ledger's public key in signed-note form. */
  readonly ledgerVerifierKey: string;
}

/** A client as `.run/exchange.json` describes it. */
export interface ClientCredentials {
  readonly id: string;
  readonly privateJwk: JsonWebKey & Record<string, unknown>;
  readonly scopes: string[];
  readonly purposes: string[];
}

export interface PrivateAndPublic {
  readonly privateJwk: JsonWebKey;
  readonly publicJwk: JsonWebKey;
}

/** Services that encrypt the data of patients or people, or hash it, under keys of their own. */
const withMasterKey: readonly ServiceName[] = [
  'gateway',
  'identity-provider',
  'patient-index',
  'consent',
  'record-locator',
  'audit-ledger',
];

export interface TrustOptions {
  /** Keeps what services sign with, seals aside; key files unless said. */
  readonly vault?: KeyVault;
  /** Instances beside a service's first, by name. */
  readonly instances?: Instances;
}

/** Instances of services beside the first of each. */
export type Instances = Partial<Record<ServiceName, readonly string[]>>;

/**
 * Makes the keys of a new exchange: for each service one to agree on data keys and what else it needs, for each of its instances one to
 * seal; and the signed manifest that says whose is whose, under a root key that no service holds.
 */
export function makeTrustMaterial(
  folder: string,
  ledgerOrigin: string,
  { vault = fileVault, instances = {} }: TrustOptions = {},
): TrustMaterial {
  mkdirSync(join(folder, 'secrets'), { recursive: true, mode: 0o700 });
  for (const name of [...services, 'members']) writeOwn(join(folder, 'secrets', name), newSecret());
  const root = generateKeyPairSync('ed25519');
  const manifest: Record<string, { seal: JsonWebKey[]; agree: JsonWebKey[]; token: JsonWebKey[] }> = {};
  const signing = signingKeys(vault);
  for (const service of services) {
    const agree = agreementPair(`${service}-agree-1`);
    const common = {
      agree: [agree.privateJwk],
      ...(withMasterKey.includes(service) ? { master: newSecret(), wrapping: [newSecret()] } : {}),
    };
    const own = { seal: [] as JsonWebKey[], agree: [agree.publicJwk], token: [] as JsonWebKey[] };
    for (const instance of [FIRST, ...(instances[service] ?? [])]) {
      const holder = holderOf(service, instance);
      const seal = sealPair(`${holder}-seal-1`);
      const token = service === 'gateway' ? vault.make({ crv: 'P-256', kid: `${holder}-token-1` }) : undefined;
      own.seal.push(seal.publicJwk);
      if (token !== undefined) own.token.push(token.publicJwk);
      const content = {
        ...common,
        seal: seal.privateJwk,
        ...(token === undefined ? {} : { token: token.entry }),
        others: othersOf(service, instance, signing),
      };
      writeKeyFile(keyFilesIn(folder, service, instance).keyFile, service, content, sealIn(folder, service, vault));
    }
    manifest[service] = own;
  }
  const { manifest: manifestPath, root: rootPath, members: memberFolder } = keyFilesIn(folder, 'gateway');
  // The members' own are made as they are brought in; the operator is none, and has people.
  mkdirSync(memberFolder, { mode: 0o700 });
  const members = new MemberKeyFolder(memberFolder, protectionIn(folder, 'gateway').memberSeal);
  members.make(OPERATOR);
  members.close();
  writeFileSync(manifestPath, jws({ iat: Math.floor(Date.now() / 1000), services: manifest }, root.privateKey));
  writeFileSync(rootPath, JSON.stringify(root.publicKey.export({ format: 'jwk' })));
  writeSecret(join(folder, 'trust-root.private.jwk'), root.privateKey.export({ format: 'jwk' }));
  return {
    folder,
    operator: operatorClient(folder),
    memberClientJwk: signing.memberClient.publicJwk,
    ledgerVerifierKey: formatVerifierKey(verifierKey(ledgerOrigin, 'ed25519', signing.log.publicKey)),
  };
}

/** The instance that a service has in any case. */
const FIRST = '0';

/** Who holds a key file of its own, and whom its keys are called after: a service, or a further instance of one. */
export const holderOf = (service: ServiceName, instance: string = FIRST): string =>
  instance === FIRST ? service : `${service}@${instance}`;

/** The instances of each service that have a key file in the trust folder, the first one first. */
export function instancesIn(folder: string): ReadonlyMap<ServiceName, readonly string[]> {
  const names = readdirSync(folder).sort();
  const further = (service: ServiceName) =>
    names.flatMap((name) => new RegExp(`^${service}@([\\w-]+)\\.keys\\.json$`).exec(name)?.[1] ?? []);
  return new Map(services.map((service) => [service, [FIRST, ...further(service)]]));
}

/** Where what an instance's keyring reads lies in the trust folder. */
export const keyFilesIn = (folder: string, service: ServiceName, instance: string = FIRST) => ({
  service,
  keyFile: join(folder, `${holderOf(service, instance)}.keys.json`),
  manifest: join(folder, 'trust-manifest.jws'),
  root: join(folder, 'trust-root.jwk'),
  members: join(folder, 'members'),
  /** What its key file is sealed under, unless a token is; a deployment has it on another disk. */
  secret: join(folder, 'secrets', service),
  /** What the members' files are sealed under. */
  memberSecret: join(folder, 'secrets', 'members'),
});

/** What the files of `keyFilesIn` are opened with. */
export function protectionIn(folder: string, service: ServiceName) {
  const { secret, memberSecret } = keyFilesIn(folder, service);
  return { seal: secretFileSeal(secret), memberSeal: secretFileSeal(memberSecret) };
}

/** How a service's key files are read and written: sealed in the vault's token where it has one, under the service's own secret otherwise. */
export const sealIn = (folder: string, service: ServiceName, { seal }: KeyVault): { readonly seal: KeyFileSeal } => ({
  seal: seal ?? protectionIn(folder, service).seal,
});

/** What stands in a service's key file, for whoever plays somebody who has stolen it. */
export const stolenKeysIn = (folder: string, service: ServiceName): unknown =>
  readKeyFileAt(keyFilesIn(folder, service).keyFile, service, protectionIn(folder, service));

/** An EC signing key as a pair of JWKs. */
export function signingPair(namedCurve: 'P-256' | 'P-384', alg: 'ES256' | 'ES384', kid: string): PrivateAndPublic {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  return pairOf(privateKey, { kid, alg, use: 'sig' });
}

/** 32 bytes. */
const newSecret = (): string => randomBytes(32).toString('base64url');

const signingKeys = (vault: KeyVault) => ({
  log: vault.make({ crv: 'Ed25519', kid: 'log-1' }),
  oidc: vault.make({ crv: 'P-256', kid: 'oidc-1' }),
  memberClient: vault.make({ crv: 'P-384', kid: 'hie-broker-1' }),
});

function othersOf(
  service: ServiceName,
  instance: string,
  signing: ReturnType<typeof signingKeys>,
): Record<string, VaultKey['entry']> {
  // A replica of the ledger signs no log.
  if (service === 'audit-ledger') return instance === FIRST ? { log: signing.log.entry } : {};
  if (service === 'document-query') return { 'member-client': signing.memberClient.entry };
  if (service === 'identity-provider') return { oidc: signing.oidc.entry };
  return {};
}

const forPeopleAlone = [
  ...['exchange/identity.review', 'exchange/identity.manage', 'exchange/ledger.disclose'],
  'exchange/messages.replay',
];

function operatorClient(folder: string): TrustMaterial['operator'] {
  const { privateJwk, publicJwk } = signingPair('P-256', 'ES256', 'operator-1');
  const registrationPath = join(folder, 'operator.client.json');
  // What people alone do is not granted to it either.
  const scopes = exchangeScopes.filter((scope) => !forPeopleAlone.includes(scope));
  const purposes = ['HSYSADMIN', 'HCOMPL'];
  const registration = { clientId: OPERATOR, jwks: { keys: [publicJwk] }, scopes, purposes };
  writeFileSync(registrationPath, JSON.stringify(registration));
  return { client: { id: OPERATOR, privateJwk: { ...privateJwk }, scopes, purposes }, registrationPath };
}

/** What a service seals its messages with. */
export const sealPair = (kid: string): PrivateAndPublic => signingPair('P-256', 'ES256', kid);

/** What data keys are wrapped for a service with (X25519). */
export const agreementPair = (kid: string): PrivateAndPublic =>
  pairOf(generateKeyPairSync('x25519').privateKey, { kid });

function pairOf(privateKey: KeyObject, members: object): PrivateAndPublic {
  return {
    privateJwk: { ...privateKey.export({ format: 'jwk' }), ...members },
    publicJwk: { ...createPublicKey(privateKey).export({ format: 'jwk' }), ...members },
  };
}

/** Signs a payload as the trust manifest is signed. */
export function jws(payload: object, key: KeyObject): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encode({ alg: 'EdDSA', typ: 'hie-trust+jws' })}.${encode(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

/** Replaces a file whole, so that whoever watches it never reads half of it; only its owner may read it. */
export const writeSecret = (path: string, value: object): void => writeOwn(path, JSON.stringify(value));
