import { type JsonWebKey, type KeyObject, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { OPERATOR, type ServiceName, services } from '@hie/contracts';
import { exchangeScopes } from '@hie/purpose-of-use';
import { formatVerifierKey, verifierKey } from '@hie/transparency-log';

import { type KeyVault, MemberKeyFolder, type VaultKey, fileVault, writeKeyFile, writeOwn } from '@hie/key-store';

/** Where the keys of one exchange lie, and what others need to know of them. */
export interface TrustMaterial {
  /** Where in it is what: `keyFilesIn`. */
  readonly folder: string;
  /** The operator's own client: its private key, and the file that registers it at the identity provider. */
  readonly operator: { readonly client: ClientCredentials; readonly registrationPath: string };
  /** The exchange's public key as members' client (document-query). */
  readonly memberClientJwk: JsonWebKey;
  /** The ledger's keys without the one that signs its log. */
  readonly replicaKeyFile: string;
  /** The ledger's public key in signed-note form. */
  readonly ledgerVerifierKey: string;
}

const REPLICA_KEYS = 'audit-ledger-replica.keys.json';

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

/**
 * Makes the keys of a new exchange: for each service one to seal, one to agree on data keys, and what else it needs; and the signed
 * manifest that says whose is whose, under a root key that no service holds.
 *
 * @param vault keeps what services sign with, seals aside.
 */
export function makeTrustMaterial(folder: string, ledgerOrigin: string, vault: KeyVault = fileVault): TrustMaterial {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const root = generateKeyPairSync('ed25519');
  const manifest: Record<string, { seal: JsonWebKey[]; agree: JsonWebKey[]; token: JsonWebKey[] }> = {};
  const signing = signingKeys(vault);
  for (const service of services) {
    const seal = sealPair(`${service}-seal-1`);
    const agree = agreementPair(`${service}-agree-1`);
    const token = service === 'gateway' ? signing.token : undefined;
    manifest[service] = {
      seal: [seal.publicJwk],
      agree: [agree.publicJwk],
      token: token === undefined ? [] : [token.publicJwk],
    };
    const content = {
      seal: seal.privateJwk,
      agree: [agree.privateJwk],
      ...(token === undefined ? {} : { token: token.entry }),
      ...(withMasterKey.includes(service) ? { master: newSecret(), wrapping: [newSecret()] } : {}),
      others: othersOf(service, signing),
    };
    writeKeyFile(keyFilesIn(folder, service).keyFile, service, content, vault);
    if (service === 'audit-ledger')
      writeKeyFile(join(folder, REPLICA_KEYS), service, { ...content, others: {} }, vault);
  }
  const { manifest: manifestPath, root: rootPath, members: memberFolder } = keyFilesIn(folder, 'gateway');
  // The members' own are made as they are brought in; the operator is none, and has people.
  mkdirSync(memberFolder, { mode: 0o700 });
  const members = new MemberKeyFolder(memberFolder);
  members.make(OPERATOR);
  members.close();
  writeFileSync(manifestPath, jws({ iat: Math.floor(Date.now() / 1000), services: manifest }, root.privateKey));
  writeFileSync(rootPath, JSON.stringify(root.publicKey.export({ format: 'jwk' })));
  writeSecret(join(folder, 'trust-root.private.jwk'), root.privateKey.export({ format: 'jwk' }));
  return {
    folder,
    operator: operatorClient(folder),
    replicaKeyFile: join(folder, REPLICA_KEYS),
    memberClientJwk: signing.memberClient.publicJwk,
    ledgerVerifierKey: formatVerifierKey(verifierKey(ledgerOrigin, 'ed25519', signing.log.publicKey)),
  };
}

/** Where what a service's keyring reads lies in the trust folder. */
export const keyFilesIn = (folder: string, service: ServiceName) => ({
  service,
  keyFile: join(folder, `${service}.keys.json`),
  manifest: join(folder, 'trust-manifest.jws'),
  root: join(folder, 'trust-root.jwk'),
  members: join(folder, 'members'),
});

/** An EC signing key as a pair of JWKs. */
export function signingPair(namedCurve: 'P-256' | 'P-384', alg: 'ES256' | 'ES384', kid: string): PrivateAndPublic {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  return pairOf(privateKey, { kid, alg, use: 'sig' });
}

/** 32 bytes. */
const newSecret = (): string => randomBytes(32).toString('base64url');

const signingKeys = (vault: KeyVault) => ({
  token: vault.make({ crv: 'P-256', kid: 'gateway-token-1' }),
  log: vault.make({ crv: 'Ed25519', kid: 'log-1' }),
  oidc: vault.make({ crv: 'P-256', kid: 'oidc-1' }),
  memberClient: vault.make({ crv: 'P-384', kid: 'hie-broker-1' }),
});

function othersOf(service: ServiceName, signing: ReturnType<typeof signingKeys>): Record<string, VaultKey['entry']> {
  if (service === 'audit-ledger') return { log: signing.log.entry };
  if (service === 'document-query') return { 'member-client': signing.memberClient.entry };
  if (service === 'identity-provider') return { oidc: signing.oidc.entry };
  return {};
}

function operatorClient(folder: string): TrustMaterial['operator'] {
  const { privateJwk, publicJwk } = signingPair('P-256', 'ES256', 'operator-1');
  const registrationPath = join(folder, 'operator.client.json');
  const scopes = [...exchangeScopes];
  const purposes = ['HSYSADMIN', 'HCOMPL', 'RECORDMGT'];
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
