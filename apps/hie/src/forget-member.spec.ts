import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MemberKeyFolder, secretFileSeal } from '@hie/key-store';

import { CliError } from './cli-error.js';
import { forgetMember } from './forget-member.js';

describe('hie keys forget', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hie-members-'));
  const secret = `${folder}.secret`;
  writeFileSync(secret, randomBytes(32).toString('base64url'), { mode: 0o600 });
  const keys = new MemberKeyFolder(folder, secretFileSeal(secret));
  const env = { MEMBER_KEYS: folder, MEMBER_KEYS_SECRET: secret };
  afterAll(() => {
    keys.close();
    rmSync(folder, { recursive: true });
    rmSync(secret);
  });

  const refusal = (...given: Parameters<typeof forgetMember>): string => {
    try {
      return forgetMember(...given);
    } catch (error) {
      if (error instanceof CliError) return `${error.code}: ${error.said}`;
      throw error;
    }
  };

  it('destroys one member’s key for good, and no other’s', () => {
    keys.make('leaving');
    keys.make('staying');
    expect(forgetMember('leaving', { confirm: 'leaving' }, env)).toContain('Destroyed.');
    expect(existsSync(join(folder, 'leaving.key'))).toBe(false);
    keys.lookAgain();
    expect([keys.find('leaving'), keys.find('staying') === undefined]).toEqual([undefined, false]);
    expect(refusal('leaving', { confirm: 'leaving' }, env)).toBe('refused: member-key-destroyed');
  });

  it('does nothing unless the id is said twice', () => {
    keys.make('careful');
    expect(refusal('careful', {}, env)).toContain('refused: There is no way back');
    expect(refusal('careful', { confirm: 'carefull' }, env)).toContain('refused: There is no way back');
    expect(keys.find('careful')).toBeDefined();
  });

  it.each([
    ['nobody', {}, {}, 'usage'],
    ['no folder', { confirm: 'm1' }, {}, 'usage'],
    ['a folder that is not there', { confirm: 'm1' }, { MEMBER_KEYS: '/nowhere' }, 'unreadable: The folder'],
    ['a member that there is not', { confirm: 'm1' }, env, 'refused: member-key-missing'],
  ])('says what is wrong with %s', (what, options, given, said) => {
    expect(refusal(what === 'nobody' ? undefined : 'm1', options, given)).toContain(said);
  });

  it('does not open a key that others may read, and says nothing of what is in it', () => {
    keys.make('open-to-all');
    const path = join(folder, 'open-to-all.key');
    chmodSync(path, 0o644);
    const said = refusal('open-to-all', { confirm: 'open-to-all' }, env);
    expect(said).toBe('unreadable: The folder of members’ keys can not be used: RangeError');
    expect(said).not.toContain(readFileSync(path, 'utf8'));
    chmodSync(path, 0o600);
  });
});
