import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FileKeyring } from './file-keyring.js';

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
const [former, next, apart] = ['former', 'next', 'apart'];

describe(FileKeyring.name, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hie-keyring-'));
  const at = (name: string): string => join(folder, name);
  const root = generateKeyPairSync('ed25519');
  const manifest = [base64url('{"alg":"EdDSA"}'), base64url('{"iat":1,"services":{}}')].join('.');
  const signature = sign(null, Buffer.from(manifest), root.privateKey).toString('base64url');
  const pairs = {
    seal: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
    agree: generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' }),
  };
  let keyring: FileKeyring;
  let faults: unknown[];
  let told: string[];

  const write = (secrets: { readonly master?: unknown; readonly wrapping?: unknown }): void => {
    const seal = { ...pairs.seal, kid: 's' };
    const content = { seal, agree: [{ ...pairs.agree, kid: 'a' }], ...encoded(secrets) };
    writeFileSync(at('keys.json'), JSON.stringify(content), { mode: 0o600 });
  };
  const open = (service: string): void => {
    [faults, told] = [[], []];
    const files = { service, keyFile: at('keys.json'), manifest: at('manifest.jws'), root: at('root.jwk') };
    keyring = new FileKeyring(files, (error) => faults.push(error));
    keyring.onChange((changed) => told.push(...changed));
  };
  const masters = () => keyring.masterKeys().map(String);
  const wrapping = () => keyring.wrappingKeys().map(String);
  beforeAll(() => {
    writeFileSync(at('manifest.jws'), `${manifest}.${signature}`);
    writeFileSync(at('root.jwk'), JSON.stringify(root.publicKey.export({ format: 'jwk' })));
  });
  afterEach(() => keyring.close());
  afterAll(() => rmSync(folder, { recursive: true }));

  it('wraps data keys under the master key until they have a key of their own', () => {
    write({ master: former });
    open('patient-index');
    expect([masters(), wrapping()]).toEqual([[former], [former]]);
    write({ master: former, wrapping: [apart, former] });
    keyring.readAgain();
    expect([masters(), wrapping()]).toEqual([[former], [apart, former]]);
    expect(told).toEqual([expect.stringMatching(/^wrapping [\w-]{8}\+[\w-]{8}$/)]);
  });

  it('has both master keys while they change, the first of which derives, and tells their ids alone', () => {
    write({ master: former, wrapping: [apart] });
    open('patient-index');
    write({ master: [former, next], wrapping: [apart] });
    keyring.readAgain();
    expect([masters(), String(keyring.masterKey()), wrapping()]).toEqual([[former, next], former, [apart]]);
    write({ master: [next, former], wrapping: [apart] });
    keyring.readAgain();
    expect(String(keyring.masterKey())).toBe(next);
    write({ master: [next], wrapping: [apart] });
    keyring.readAgain();
    expect(masters()).toEqual([next]);
    expect(told.map((word) => word.replaceAll(/[\w-]{8}(?=\+|$)/g, '#'))).toEqual([
      'master #+#',
      'master #+#',
      'master #',
    ]);
  });

  it.each(['audit-ledger', 'gateway'])(
    'goes on with the one master key of %s, where a file brings another',
    (service) => {
      write({ master: former });
      open(service);
      write({ master: [next, former] });
      keyring.readAgain();
      expect(masters()).toEqual([former]);
      expect(String(faults[0])).toContain('has one master key');
      expect(told).toEqual([]);
    },
  );

  it('has none where the file names none', () => {
    write({});
    open('participants');
    expect(() => keyring.masterKey()).toThrow('no master key');
    expect(() => keyring.wrappingKeys()).toThrow('no master key');
  });
});

const encoded = (secrets: object): object =>
  JSON.parse(JSON.stringify(secrets), (_key, value: unknown) =>
    typeof value === 'string' ? base64url(value) : value,
  ) as object;
