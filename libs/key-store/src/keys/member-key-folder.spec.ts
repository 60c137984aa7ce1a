import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MemberKeyError, MemberKeyFolder } from './member-key-folder.js';
import { secretFileSeal } from './sealed-key-file.js';

describe(MemberKeyFolder.name, () => {
  let folder: string;
  const opened: MemberKeyFolder[] = [];
  const open = (
    ...seal: ConstructorParameters<typeof MemberKeyFolder> extends [string, ...infer Rest] ? Rest : never
  ) => {
    const keys = new MemberKeyFolder(folder, ...seal);
    opened.push(keys);
    return keys;
  };
  const code = (work: () => void): string | undefined => {
    try {
      work();
    } catch (error) {
      if (error instanceof MemberKeyError) return error.code;
      throw error;
    }
    return undefined;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hie-members-'));
  });
  afterEach(() => {
    for (const keys of opened.splice(0)) keys.close();
    rmSync(folder, { recursive: true });
  });

  it('makes one key a member, which every process reads and its owner alone', () => {
    const [one, other] = [open(), open()];
    one.make('mercy');
    other.make('mercy');
    one.make('st-marys');
    expect(one.find('mercy')?.equals(other.find('mercy')!)).toBe(true);
    expect(one.find('mercy')?.equals(one.find('st-marys')!)).toBe(false);
    expect(one.find('mercy')?.symmetricKeySize).toBe(32);
    expect(one.members()).toEqual(['mercy', 'st-marys']);
    expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o600, 0o600]);
  });

  it('destroys a key for every process, overwritten first, and makes none in its place', () => {
    const [one, other] = [open(), open()];
    one.make('leaving');
    expect(other.find('leaving')).toBeDefined();
    const told: string[] = [];
    other.onDestroyed((memberId) => told.push(memberId));
    one.destroy('leaving');
    other.lookAgain();
    other.lookAgain();
    expect(told).toEqual(['leaving']);
    expect([one.find('leaving'), other.find('leaving'), open().find('leaving')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([one.isDestroyed('leaving'), one.isDestroyed('staying')]).toEqual([true, false]);
    expect(code(() => one.make('leaving'))).toBe('member-key-destroyed');
    expect(code(() => one.destroy('leaving'))).toBe('member-key-destroyed');
    expect(readdirSync(folder)).toEqual(['leaving.destroyed']);
  });

  it('finishes what a crash between mark and removal has left', () => {
    const keys = open();
    keys.make('leaving');
    writeFileSync(join(folder, 'leaving.destroyed'), '');
    expect(open().find('leaving')).toBeUndefined();
    keys.destroy('leaving');
    expect(readdirSync(folder)).toEqual(['leaving.destroyed']);
  });

  it('notices by itself that another process has destroyed a key', async () => {
    const [one, other] = [open(), open()];
    one.make('leaving');
    other.find('leaving');
    const told = new Promise<string>((resolve) => other.onDestroyed(resolve));
    one.destroy('leaving');
    await expect(told).resolves.toBe('leaving');
  });

  it('keeps them encrypted where it is given what to seal them under, each bound to its member', () => {
    const secret = `${folder}.secret`;
    writeFileSync(secret, randomBytes(32).toString('base64url'), { mode: 0o600 });
    const seal = secretFileSeal(secret);
    const keys = open(seal);
    keys.make('mercy');
    expect(readFileSync(join(folder, 'mercy.key'), 'utf8')).toMatch(/^\{"sealed":"[\w-]+"\}$/);
    expect(open(seal).find('mercy')?.equals(keys.find('mercy')!)).toBe(true);
    expect(() => open()).toThrow(RangeError);
    writeFileSync(join(folder, 'other.key'), readFileSync(join(folder, 'mercy.key')), { mode: 0o600 });
    expect(() => open(seal)).toThrow();
    rmSync(secret);
  });

  it.each(['', '../elsewhere', 'A', 'a', `m${'x'.repeat(63)}`])(
    'has nothing to do with a member called “%s”',
    (memberId) => {
      const keys = open();
      expect(code(() => keys.make(memberId))).toBe('member-id-invalid');
      expect([keys.find(memberId), keys.isDestroyed(memberId)]).toEqual([undefined, false]);
      expect(code(() => keys.destroy(memberId))).toBe('member-key-missing');
    },
  );

  it('does not take a key that is too short, or that others may read', () => {
    writeFileSync(join(folder, 'short.key'), 'AAAA', { mode: 0o600 });
    expect(() => open()).toThrow(RangeError);
    writeFileSync(join(folder, 'short.key'), randomBytes(32).toString('base64url'), { mode: 0o644 });
    rmSync(join(folder, 'short.key'));
    writeFileSync(join(folder, 'shown.key'), randomBytes(32).toString('base64url'), { mode: 0o644 });
    expect(() => open()).toThrow(RangeError);
  });
});
