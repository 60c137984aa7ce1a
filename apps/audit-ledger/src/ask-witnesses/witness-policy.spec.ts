import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { formatVerifierKey, type KeyType, noteSigner } from '@hie/transparency-log';

import { readWitnessPolicy } from './witness-policy.js';

const keyOf = (name: string, type: KeyType = 'cosignature-ed25519'): string =>
  formatVerifierKey(noteSigner(name, type, generateKeyPairSync('ed25519').privateKey).key);
const witness = (...verifierKeys: string[]) => ({ url: 'https://w.example/ledger', verifierKeys });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hie-policy-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const read = (policy: object) => {
  const path = join(folder, 'witnesses.json');
  writeFileSync(path, JSON.stringify(policy));
  return readWitnessPolicy(path);
};

it('reads witnesses by the names of their keys, and asks below their prefix', () => {
  const policy = read({ quorum: 1, witnesses: [witness(keyOf('a'), keyOf('a')), witness(keyOf('b'))] });
  expect(policy.quorum).toBe(1);
  expect(policy.witnesses.map(({ name, url, keys }) => [name, url, keys.length])).toEqual([
    ['a', 'https://w.example/ledger/', 2],
    ['b', 'https://w.example/ledger/', 1],
  ]);
});

it.each([
  ['a quorum that can’t be met', { quorum: 2, witnesses: [witness(keyOf('a'))] }],
  ['a quorum of nobody', { quorum: 0, witnesses: [witness(keyOf('a'))] }],
  ['one witness twice, who would count twice', { quorum: 2, witnesses: [witness(keyOf('a')), witness(keyOf('a'))] }],
  ['keys of two names', { quorum: 1, witnesses: [witness(keyOf('a'), keyOf('b'))] }],
  ['a log’s key', { quorum: 1, witnesses: [witness(keyOf('a', 'ed25519'))] }],
  ['what is no key', { quorum: 1, witnesses: [witness('a+b')] }],
  ['a setting it does not know', { quorum: 1, witnesses: [witness(keyOf('a'))], optional: true }],
])('refuses %s', (_what, policy) => {
  expect(() => read(policy)).toThrow();
});
