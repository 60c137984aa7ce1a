import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { KeptSession } from '@hie/exchange-client';

import { SessionFile } from './session-file.js';

const issuer = 'https://login.exchange.example:8443';
const kept: KeptSession = {
  ...{ issuer, tokenUrl: `${issuer}/token`, revocationUrl: `${issuer}/revocation`, clientId: 'hie-cli' },
  ...{ personId: 'ada', signedInAt: '2026-03-01T12:00:00.000Z', refreshToken: 'r-0', proofKey: { kty: 'EC' } },
};

let home: string;
let file: SessionFile;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hie-session-'));
  file = SessionFile.of(issuer, { XDG_STATE_HOME: home });
});
afterEach(() => rmSync(home, { recursive: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;
const next = (session: KeptSession): KeptSession => {
  const [, count = ''] = session.refreshToken.split('-');
  return { ...session, refreshToken: `r-${Number(count) + 1}` };
};

it('is its owner’s alone, one for each exchange, and nothing is left beside it', () => {
  expect(file.path).toBe(join(home, 'hie', 'login.exchange.example_8443.json'));
  file.write(kept);
  file.write(next(kept));
  expect(file.read()).toEqual(next(kept));
  expect([modeOf(file.path), modeOf(dirname(file.path))]).toEqual([0o600, 0o700]);
  expect(readdirSync(dirname(file.path))).toEqual(['login.exchange.example_8443.json']);
});

it('lies under the home where no place for state is named', () => {
  const { path } = SessionFile.of(issuer, { XDG_STATE_HOME: '' });
  expect(path).toMatch(/\/\.local\/state\/hie\/login\.exchange\.example_8443\.json$/);
});

it('signs nobody in when it is another exchange’s, half written, or gone', () => {
  expect(file.read()).toBeUndefined();
  file.write({ ...kept, issuer: 'https://other.example' });
  expect(file.read()).toBeUndefined();
  writeFileSync(file.path, JSON.stringify(kept).slice(0, 40));
  expect(file.read()).toBeUndefined();
  file.remove();
  expect(existsSync(file.path)).toBe(false);
});

it('is used by one at a time, each with what the one before has left', async () => {
  file.write(kept);
  const used: string[] = [];
  const use = () =>
    SessionFile.of(issuer, { XDG_STATE_HOME: home }).change(async (session) => {
      used.push(session.refreshToken);
      await new Promise((resolve) => setImmediate(resolve));
      return { kept: next(session), result: session.refreshToken };
    });
  const results = await Promise.all([use(), use(), use(), use()]);
  expect(used).toEqual(['r-0', 'r-1', 'r-2', 'r-3']);
  expect([...results].sort()).toEqual(used);
  expect(file.read()?.refreshToken).toBe('r-4');
});

it('stays as it was when its user fails, and is free for the next', async () => {
  file.write(kept);
  await expect(file.change(() => Promise.reject(new RangeError('no token')))).rejects.toThrow('no token');
  expect(file.read()).toEqual(kept);
  expect(await file.change((session) => Promise.resolve({ kept: session, result: 'used' }))).toBe('used');
});

it('is not held for ever by a command that died', async () => {
  file.write(kept);
  writeFileSync(`${file.path}.lock`, '');
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(`${file.path}.lock`, longAgo, longAgo);
  expect(await file.change((session) => Promise.resolve({ kept: session, result: 'used' }))).toBe('used');
});

it('says that nobody is signed in any more when it went away meanwhile', async () => {
  file.write(kept);
  file.remove();
  const used = file.change((session) => Promise.resolve({ kept: session, result: undefined }));
  await expect(used).rejects.toMatchObject({ said: expect.stringContaining('npx hie sign-in') as string });
});
