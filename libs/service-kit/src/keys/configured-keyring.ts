import { readFileSync } from 'node:fs';

import type { ServiceName } from '@hie/contracts';
import { Pkcs11Token, refuseReadableByOthers, secretFileSeal, tokenSeal } from '@hie/key-store';

import { ConfigError, type ServiceConfig } from '../service.config.js';
import { FileKeyring } from './file-keyring.js';

/**
 * The keyring of a service as its environment says: a key file, in the clear or sealed, whose signing keys may be in a PKCS#11 token.
 *
 * @throws ConfigError where the settings don't fit together
 */
export function configuredKeyring(
  service: string,
  config: ServiceConfig,
  onError: (error: unknown) => void,
): FileKeyring {
  const { KEY_FILE: keyFile, TRUST_MANIFEST: manifest, TRUST_ROOT: root, MEMBER_KEYS: members } = config;
  if ((members === undefined) !== withoutMembers.has(service)) {
    throw new ConfigError(['MEMBER_KEYS: every service has it, and audit-ledger has not']);
  }
  const files = { service, keyFile, manifest, root, members };
  return new FileKeyring(files, onError, protectionOf(config));
}

/** The ledger reads nothing that a member's key lies under: its entries lie under patients' own. */
const withoutMembers: ReadonlySet<string> = new Set<ServiceName>(['audit-ledger']);

function protectionOf(config: ServiceConfig) {
  const { KEY_FILE_SECRET: secret, KEY_FILE_PKCS11_KEY: label, MEMBER_KEYS_SECRET: membersSecret } = config;
  if (secret !== undefined && label !== undefined) {
    throw new ConfigError(['KEY_FILE_SECRET: not together with KEY_FILE_PKCS11_KEY']);
  }
  let opened: Pkcs11Token | undefined;
  // A service whose key file points into no token needs none.
  const token = () => (opened ??= openToken(config));
  const common = { token, ...(membersSecret === undefined ? {} : { memberSeal: secretFileSeal(membersSecret) }) };
  if (secret !== undefined) return { ...common, seal: secretFileSeal(secret) };
  return label === undefined ? common : { ...common, seal: tokenSeal(token(), label) };
}

function openToken({
  PKCS11_MODULE: module,
  PKCS11_TOKEN: token,
  PKCS11_PIN_FILE: pinFile,
  PKCS11_PIN: pin,
}: ServiceConfig): Pkcs11Token {
  if (module === undefined || token === undefined || (pinFile === undefined) === (pin === undefined)) {
    throw new ConfigError([
      'PKCS11_MODULE, PKCS11_TOKEN and one of PKCS11_PIN_FILE and PKCS11_PIN: wanted by the keys',
    ]);
  }
  return new Pkcs11Token({ module, token, pin: () => pin ?? readPin(pinFile as string) });
}

function readPin(path: string): string {
  refuseReadableByOthers(path);
  return readFileSync(path, 'utf8').trimEnd();
}
