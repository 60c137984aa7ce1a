import { type KeyObject, generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type KeyFileSeal, Pkcs11Token, tokenSeal, writeSealed } from '@hie/key-store';
import { type SoftHsm, softHsm, softHsmModule } from '@hie/testing-kit';

import { ConfigError, type ServiceConfig } from '../service.config.js';
import { configuredKeyring } from './configured-keyring.js';

const withSoftHsm = softHsmModule() === undefined ? describe.skip : describe;
if (softHsmModule() === undefined) {
  console.info('skipped: a keyring over a PKCS#11 token, because SoftHSM is not installed (Debian: softhsm2)');
}

const jwkOf = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid });
const sealKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const agreementKey = generateKeyPairSync('x25519').privateKey;

withSoftHsm('a keyring over a PKCS#11 token', () => {
  let hsm: SoftHsm;
  let token: Pkcs11Token;
  let seal: KeyFileSeal;
  const folder = mkdtempSync(join(tmpdir(), 'hie-keyring-'));
  const at = (name: string): string => join(folder, name);

  /** A service's files, and its environment, as a deployment would give them. */
  const configured = (content: object, over: Partial<ServiceConfig> = {}): ServiceConfig => {
    const own = { seal: jwkOf(sealKey, 's-1'), agree: [jwkOf(agreementKey, 'a-1')], ...content };
    writeFileSync(at('keys.json'), writeSealed(JSON.stringify(own), 'audit-ledger', seal), { mode: 0o600 });
    const root = generateKeyPairSync('ed25519');
    const input = ['{"alg":"EdDSA"}', '{"iat":1,"services":{}}'].map((part) => Buffer.from(part).toString('base64url'));
    const signature = sign(null, Buffer.from(input.join('.')), root.privateKey).toString('base64url');
    writeFileSync(at('manifest.jws'), [...input, signature].join('.'));
    writeFileSync(at('root.jwk'), JSON.stringify(root.publicKey.export({ format: 'jwk' })));
    const files = { KEY_FILE: at('keys.json'), TRUST_MANIFEST: at('manifest.jws'), TRUST_ROOT: at('root.jwk') };
    const device = { PKCS11_MODULE: hsm.module, PKCS11_TOKEN: hsm.token, PKCS11_PIN_FILE: hsm.pinFile };
    return { ...files, ...device, KEY_FILE_PKCS11_KEY: 'key files', ...over } as ServiceConfig;
  };
  const open = (config: ServiceConfig, service = 'audit-ledger') =>
    configuredKeyring(service, config, (error) => {
      throw error;
    });

  beforeAll(() => {
    hsm = softHsm();
    token = new Pkcs11Token({ module: hsm.module, token: hsm.token, pin: () => hsm.pin });
    token.generateWrappingKey('key files');
    token.generateSigningKey('log-1', 'Ed25519');
    token.generateSigningKey('log-2', 'Ed25519');
    seal = tokenSeal(token, 'key files');
  });
  afterAll(() => {
    token.close();
    hsm.remove();
    rmSync(folder, { recursive: true });
  });

  it('signs with the key that its sealed file points to, and has the other beside it', async () => {
    const entries = [{ pkcs11: 'log-2', kid: 'second' }, { pkcs11: 'log-1' }];
    const keyring = open(configured({ others: { log: entries } }));
    const [first, second] = keyring.signingKeys('log');
    keyring.close();
    expect(first.kid).toBe('second');
    expect(second?.publicKey.equals(token.signingKey('log-1').publicKey)).toBe(true);
    const message = Buffer.from('a checkpoint');
    expect(verify(null, message, token.signingKey('log-2').publicKey, await first.sign(message))).toBe(true);
    expect(readFileSync(at('keys.json'), 'utf8')).toMatch(/^\{"sealed":"[\w-]+"\}$/);
  });

  it('opens its own file alone', () => {
    const config = configured({}, { MEMBER_KEYS: folder });
    expect(() => open(config, 'gateway')).toThrow('call-failed');
  });

  it('has members’ keys where the service reads what lies under them, and at the ledger none', () => {
    expect(() => open(configured({}), 'gateway')).toThrow('config-invalid');
    expect(() => open(configured({}, { MEMBER_KEYS: folder }))).toThrow('config-invalid');
    const keyring = open(configured({}));
    expect(() => keyring.memberKey('mercy')).toThrow(RangeError);
    keyring.close();
  });

  it('has no key for a use that its file does not name', () => {
    const keyring = open(configured({}));
    expect(() => keyring.signingKeys('token')).toThrow(RangeError);
    keyring.close();
  });

  it.each([
    ['a file that points to a key that is not there', { others: { log: { pkcs11: 'none' } } }, {}, 'key-missing'],
    ['no token where one is wanted', {}, { PKCS11_TOKEN: undefined }, 'config-invalid'],
    ['two ways to the PIN', {}, { PKCS11_PIN: '1' }, 'config-invalid'],
    ['two ways to open the file', {}, { KEY_FILE_SECRET: '/nowhere' }, 'config-invalid'],
    ['a sealed file that nothing opens', {}, { KEY_FILE_PKCS11_KEY: undefined }, 'sealed exactly where'],
  ])('does not start on %s', (_what, content, over, message) => {
    expect(() => open(configured(content, over as Partial<ServiceConfig>))).toThrow(message);
  });

  it('names the settings at fault, and no value', () => {
    const config = configured({}, { PKCS11_TOKEN: undefined } as Partial<ServiceConfig>);
    let faults: readonly string[] = [];
    try {
      open(config);
    } catch (error) {
      if (error instanceof ConfigError) faults = error.faults;
    }
    expect(faults.join()).toContain('PKCS11_PIN_FILE');
    expect(faults.join()).not.toContain(hsm.pinFile);
  });
});
