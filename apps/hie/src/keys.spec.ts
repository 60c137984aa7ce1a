import { type JsonWebKey, createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fileVault, readKeyFileAt, secretFileSeal, writeKeyFile } from '@hie/key-store';
import { memoryStorage, noteSigner, openLog, parseVerifierKey } from '@hie/transparency-log';

import { CliError } from './cli-error.js';
import { keys } from './keys.js';

const log = generateKeyPairSync('ed25519').privateKey;

describe('hie keys rotate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hie-keys-'));
  const [path, secret] = [join(folder, 'keys.json'), join(folder, 'secret')];
  writeFileSync(secret, randomBytes(32).toString('base64url'), { mode: 0o600 });
  const vault = { ...fileVault, seal: secretFileSeal(secret) };
  const env = { KEY_FILE: path, KEY_FILE_SECRET: secret };
  const others = () => (readKeyFileAt(path, 'audit-ledger', vault) as { others: { log: { kid?: string }[] } }).others;
  const rotate = (...rest: string[]): string => keys(['rotate', 'audit-ledger', ...rest], { log: folder }, env);
  const refusal = (...rest: string[]): string => {
    try {
      return rotate(...rest);
    } catch (error) {
      if (error instanceof CliError) return error.code;
      throw error;
    }
  };
  beforeEach(() => {
    const content = { master: 'former', seal: 'as it was', others: { log: log.export({ format: 'jwk' }) } };
    writeKeyFile(path, 'audit-ledger', content, vault);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('publishes the log’s next key beside the one that signs, in a file that stays sealed', async () => {
    await signed();
    const [former, next] = rotate('log', 'publish').split('\n').map(parseVerifierKey);
    expect(former?.keyId).toBe(noteSigner('ledger.example', 'ed25519', log).key.keyId);
    expect(next?.name).toBe('ledger.example');
    expect(readFileSync(path, 'utf8')).toMatch(/^\{"sealed":"[\w-]+"\}$/);
    expect(others().log).toHaveLength(2);
    expect(readKeyFileAt(path, 'audit-ledger', vault)).toMatchObject({ master: 'former', seal: 'as it was' });
  });

  it('retires no log key before the next has signed what the log shows', async () => {
    await signed();
    rotate('log', 'publish');
    rotate('log', 'use');
    expect(refusal('log', 'retire')).toBe('refused');
    expect(others().log).toHaveLength(2);
    const [next] = others().log as [object];
    await signed(next, '2027h1');
    // The closed half-year before it is opened at every start too.
    expect(refusal('log', 'retire')).toBe('refused');
    await signed(next);
    rotate('log', 'retire');
    expect(others().log).toEqual([next]);
  });

  it('changes what wraps data keys, from the master key on', () => {
    rotate('wrapping', 'publish');
    const file = readKeyFileAt(path, 'audit-ledger', vault) as { wrapping: string[]; master: string };
    expect(file.wrapping.slice(1)).toEqual(['former']);
    rotate('wrapping', 'retire');
    expect(readKeyFileAt(path, 'audit-ledger', vault)).toMatchObject({
      master: 'former',
      wrapping: [file.wrapping[0]],
    });
  });

  it.each([
    ['a step out of its turn', ['log', 'use'], 'refused'],
    ['a use that the service has no key for', ['oidc', 'publish'], 'refused'],
    ['transaction tokens, which are the manifest’s', ['token', 'publish'], 'usage'],
    ['a step that there is not', ['log', 'hurry'], 'usage'],
    ['a wrapping key’s use', ['wrapping', 'use'], 'usage'],
  ])('refuses %s, and leaves the file alone', (_what, rest, code) => {
    const before = readFileSync(path, 'utf8');
    expect(refusal(...rest)).toBe(code);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  /** A log in the folder whose head the log's own key has signed, and this one beside it. */
  async function signed(beside?: object, shard = '2026h2'): Promise<void> {
    const storage = memoryStorage();
    const origin = `ledger.example/${shard}`;
    const signerOf = (key: Parameters<typeof noteSigner>[2]) => noteSigner(origin, 'ed25519', key);
    const next = beside === undefined ? [] : [signerOf(keyOf(beside))];
    const opened = await openLog(storage, { origin, signer: signerOf(log), besides: next });
    mkdirSync(join(folder, shard), { recursive: true });
    writeFileSync(join(folder, shard, 'checkpoint'), opened.head.raw);
  }
});

const keyOf = (jwk: object) => createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
