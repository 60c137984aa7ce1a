import { readFileSync } from 'node:fs';

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
  const { KEY_FILE: keyFile, TRUST_MANIFEST: manifest, TRUST_ROOT: root } = config;
  const files = { service, keyFile, manifest, root };
  return new FileKeyring(files, onError, protectionOf(config));
}

function protectionOf(config: ServiceConfig) {
  const { KEY_FILE_SECRET: secret, KEY_FILE_PKCS11_KEY: label } = config;
  if (secret !== undefined && label !== undefined) {
    throw new ConfigError(['KEY_FILE_SECRET: not together with KEY_FILE_PKCS11_KEY']);
  }
  let opened: Pkcs11Token | undefined;
  // A service whose key file points into no token needs none.
  const token = () => (opened ??= openToken(config));
  if (secret !== undefined) return { token, seal: secretFileSeal(secret) };
  return label === undefined ? { token } : { token, seal: tokenSeal(token(), label) };
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
