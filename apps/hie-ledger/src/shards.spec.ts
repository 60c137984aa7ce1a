// A chain of half-yearly logs, verified from either end as the program is called.
import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { clearTiles, directoryReader, directoryStorage } from '@hie/tile-storage';
import { formatVerifierKey, isShardName, noteSigner, openLog, openShards, shardOrigin } from '@hie/transparency-log';

import { main } from './main.js';

const base = 'ledger.example/cli';
const { privateKey } = generateKeyPairSync('ed25519');
const signerOf = (origin: string) => noteSigner(origin, 'ed25519', privateKey);
const keyOf = (name: string): string => formatVerifierKey(signerOf(shardOrigin(base, name)).key);
const NAMES = ['2026h2', '2027h1', '2027h2'];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hie-chain-'));
  const marked = (mark: object) => Buffer.from(JSON.stringify({ shard: mark }));
  const store = {
    names: async () => (await readdir(folder)).filter(isShardName),
    read: (name: string) => directoryReader(join(folder, name)),
    write: (name: string) => directoryStorage(join(folder, name)),
    clear: (name: string) => clearTiles(join(folder, name)),
  };
  const vouch = () => Promise.resolve(undefined);
  const signersOf = (origin: string) => [signerOf(origin)] as const;
  const writing = { ...{ store, base, signersOf, vouch }, closingEntry: marked, openingEntry: marked };
  const chain = await openShards(writing, Date.UTC(2026, 9));
  for (const at of [Date.UTC(2027, 1), Date.UTC(2027, 8)]) {
    await chain.open.log.append(Array.from({ length: 300 }, (_, index) => Buffer.from(`${index}`)));
    await chain.handOver(at);
  }
  await chain.close();
});
afterEach(() => rm(folder, { recursive: true }));

async function verify(name: string, ...more: string[]) {
  const said: string[] = [];
  const where = more.includes('--url') ? [] : ['--dir', join(folder, name)];
  const args = ['verify', ...where, '--key', keyOf(name), ...more];
  const code = await main(args, { print: (line) => said.push(line) }, (line) => said.push(line));
  return { code, said: said.join('\n') };
}

it.each(NAMES)('follows the chain from %s to both its ends', async (name) => {
  const { code, said } = await verify(name);
  expect(said).toMatch(/shard {6}2026h2, 301 entries\nshard {6}2027h1, 302 entries\nshard {6}2027h2, 1 entries/);
  expect(code).toBe(0);
});

it('says it for programs, and leaves the others alone where it is told to', async () => {
  const { said } = await verify('2027h1', '--json');
  expect(JSON.parse(said)).toMatchObject({
    kind: 'verified',
    shards: NAMES.map((name) => ({ name, kind: 'verified' })),
  });
  expect((await verify('2027h1', '--alone')).said).not.toContain('shard');
});

it.each(NAMES)('finds from %s that a closed log was opened again', async (name) => {
  const origin = shardOrigin(base, '2027h1');
  const log = await openLog(await directoryStorage(join(folder, '2027h1')), { origin, signer: signerOf(origin) });
  await log.append([Buffer.from('late')]);
  await log.close();
  const { code, said } = await verify(name);
  expect(said).toContain('shard-reopened');
  expect(code).toBe(1);
});

it('finds that a shard is missing, and that one was put in another’s place', async () => {
  await cp(join(folder, '2027h1'), join(folder, 'kept'), { recursive: true });
  await rm(join(folder, '2027h1'), { recursive: true });
  expect(await verify('2027h2')).toMatchObject({ code: 1, said: expect.stringContaining('shard-missing') });
  await cp(join(folder, '2026h2'), join(folder, '2027h1'), { recursive: true });
  const swapped = await verify('2027h2');
  expect(swapped).toMatchObject({ code: 1, said: expect.stringContaining('2027h1') });
  expect(swapped.said).toContain('origin-differs');
});

it('finds an old checkpoint put back over a closed log, by the shards that are offered beside it', async () => {
  const origin = shardOrigin(base, '2026h2');
  const other = join(folder, 'other');
  const log = await openLog(await directoryStorage(other), { origin, signer: signerOf(origin) });
  await log.append(Array.from({ length: 300 }, (_, index) => Buffer.from(`${index}`)));
  await log.close();
  await rm(join(folder, '2026h2'), { recursive: true });
  await cp(other, join(folder, '2026h2'), { recursive: true });
  expect(await verify('2026h2')).toMatchObject({ code: 1, said: expect.stringContaining('shard-unlinked') });
  expect(await verify('2027h2')).toMatchObject({ code: 1, said: expect.stringContaining('shard-cut') });
});

describe('over HTTP', () => {
  let server: Server;
  let url: string;
  beforeEach(async () => {
    server = createServer((request, response) => {
      const [, name = '', ...path] = (request.url ?? '').split('/');
      const listed = JSON.stringify({ shards: NAMES.map((shard) => ({ name: shard })) });
      const found =
        name === 'shards' ? Promise.resolve(listed) : directoryReader(join(folder, name)).read(path.join('/'));
      void found.then((bytes) => (bytes === undefined ? response.writeHead(404).end() : response.end(bytes)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('follows it as well, and finds a byte that was changed two logs away', async () => {
    expect(await verify('2027h2', '--url', `${url}2027h2/`)).toMatchObject({ code: 0 });
    const bundle = join(folder, '2026h2', 'tile', 'entries', '000');
    const bytes = Buffer.from((await directoryReader(join(folder, '2026h2')).read('tile/entries/000')) ?? []);
    await writeFile(bundle, bytes.fill(0x21, 10, 11));
    expect(await verify('2027h2', '--url', `${url}2027h2/`)).toMatchObject({
      code: 1,
      said: expect.stringMatching(/TAMPERED {3}2026h2/),
    });
  });
});
