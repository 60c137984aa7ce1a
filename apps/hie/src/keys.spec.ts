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

  it('brings what wraps to a replica’s file, which keeps what else is its own', () => {
    const replica = join(folder, 'replica.json');
    const seal = 'another instance’s';
    writeKeyFile(replica, 'audit-ledger', { master: 'former', seal, others: {} }, vault);
    const read = () => readKeyFileAt(replica, 'audit-ledger', vault) as { wrapping: string[]; seal: string };
    const rotateBoth = (step: string) => keys(['rotate', 'audit-ledger', 'wrapping', step], { also: [replica] }, env);
    rotateBoth('publish');
    const { wrapping } = readKeyFileAt(path, 'audit-ledger', vault) as { wrapping: string[] };
    expect(read()).toEqual({ master: 'former', seal, others: {}, wrapping });
    expect(readFileSync(replica, 'utf8')).toMatch(/^\{"sealed":"[\w-]+"\}$/);
    rotateBoth('retire');
    expect(read().wrapping).toEqual(wrapping.slice(0, 1));
    // Of another service, by what it derives from.
    writeKeyFile(replica, 'audit-ledger', { master: 'another', seal, others: {} }, vault);
    const before = readFileSync(path, 'utf8');
    expect(saidBy(() => rotateBoth('publish'))).toContain('Not a key file of the same service');
    expect([readFileSync(path, 'utf8'), read()]).toEqual([before, { master: 'another', seal, others: {} }]);
  });

  it('says that a key file can not be read, and nothing of what stands in it', () => {
    writeFileSync(path, 'secret', { mode: 0o600 });
    expect(saidBy(() => rotate('wrapping', 'publish'))).toBe(
      'refused: A key file can not be read or written: SyntaxError',
    );
    rmSync(path);
    expect(saidBy(() => rotate('wrapping', 'publish'))).toBe('refused: A key file can not be read or written: ENOENT');
  });

  describe('a master key', () => {
    const rotateIndex = (...rest: string[]): string => keys(['rotate', 'patient-index', ...rest], {}, env);
    const file = () => readKeyFileAt(path, 'patient-index', vault) as { wrapping?: string[]; master: unknown };
    beforeEach(() => writeKeyFile(path, 'patient-index', { master: 'former', seal: 'as it was' }, vault));

    it('changes in three steps, once data keys are wrapped under a key of their own', () => {
      expect(saidBy(() => rotateIndex('master', 'publish'))).toContain('data-keys-under-it');
      rotateIndex('wrapping', 'publish');
      expect(saidBy(() => rotateIndex('master', 'publish'))).toContain('data-keys-under-it');
      rotateIndex('wrapping', 'retire');
      const { wrapping } = file();
      rotateIndex('master', 'publish');
      const [former, next] = file().master as string[];
      expect(former).toBe('former');
      rotateIndex('master', 'use');
      expect(file().master).toEqual([next, 'former']);
      rotateIndex('master', 'retire');
      expect(file()).toEqual({ master: [next], wrapping, seal: 'as it was' });
      // What wraps changes as before.
      rotateIndex('wrapping', 'publish');
      expect(file().wrapping?.slice(1)).toEqual(wrapping);
    });

    it.each(['audit-ledger', 'gateway'])('stays at %s, where what it derives has to last', (service) => {
      writeKeyFile(path, service, { master: 'former', wrapping: ['apart'] }, vault);
      const before = readFileSync(path, 'utf8');
      expect(saidBy(() => keys(['rotate', service, 'master', 'publish'], {}, env))).toContain('This master key stays.');
      expect(readFileSync(path, 'utf8')).toBe(before);
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

/** What is printed of a refusal. */
function saidBy(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (error instanceof CliError) return `refused: ${error.said}`;
    throw error;
  }
}

const keyOf = (jwk: object) => createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
