// The example of the README is the code between the marks below, and is run. Its table of failures is the union of codes.
import { noteSigner, openLog, verifyLog } from '@hie/transparency-log';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { directoryReader, directoryStorage, TileStorageError, type TileStorageCode } from './index.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const readme = read('../README.md');

it('runs the example of the README', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hie-tiles-'));
  const origin = 'ledger.example/2026';
  const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);

  // example
  const storage = await directoryStorage(folder);
  const log = await openLog(storage, { origin, signer });
  await log.append([Buffer.from('an entry')]);
  await log.close();

  // Anybody, from the folder or a copy of it:
  const verdict = await verifyLog(directoryReader(folder), { origin, logKeys: [signer.key] });
  // … or from the web server in front of it: verifyLog(httpReader('https://ledger.example/2026/'), …)
  // end

  expect(verdict).toMatchObject({ kind: 'verified', checkpoint: { size: 1 } });
  await rm(folder, { recursive: true });
});

it('shows the code that is run', () => {
  const [, body = ''] = /\/\/ example\n(.*?) *\/\/ end\n/s.exec(read('readme.spec.ts')) ?? [];
  const [, shown] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  expect(shown).toBe(body.replace(/^ {2}/gm, ''));
});

it('has a row for each code, with its retry class', () => {
  const [, union = ''] = /type TileStorageCode =\n(.*?);/s.exec(read('failure.ts')) ?? [];
  const codes = [...union.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code as TileStorageCode);
  const rows = [...readme.matchAll(/^\| `([a-z-]+)` +\|.*\| (never|later) +\|/gm)].map(([, code, retry]) => [
    code,
    retry,
  ]);
  expect(codes).toHaveLength(6);
  expect(rows).toEqual(codes.map((code) => [code, new TileStorageError(code).retry]));
});
