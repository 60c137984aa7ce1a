// A replica that does not see the sequencer's folder: it copies the public log over HTTP, and goes on serving when its source is gone.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { directoryReader } from '@hie/tile-storage';
import {
  type MemoryStorage,
  type TransparencyLog,
  formatVerifierKey,
  memoryStorage,
  noteSigner,
  openLog,
  shardOrigin,
  verifyLog,
} from '@hie/transparency-log';

import { LogCopy } from './log-copy.js';

const origin = 'ledger.example/copied';
const name = '2026h2';
const own = shardOrigin(origin, name);
const { privateKey } = generateKeyPairSync('ed25519');
const signer = noteSigner(own, 'ed25519', privateKey);
const trust = { origin: own, logKeys: [signer.key] };

let folder: string;
let source: MemoryStorage;
let log: TransparencyLog;
let server: Server;
let told: string[];
let copy: LogCopy;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hie-copy-'));
  source = memoryStorage();
  log = await openLog(source, { origin: own, signer });
  server = createServer((request, response) => {
    const listed = { origin, shards: [{ name, origin: own, begin: 0, size: 0, isClosed: false }] };
    const bytes =
      request.url === '/shards'
        ? Buffer.from(JSON.stringify(listed))
        : source.resources.get((request.url ?? '').slice(`/${name}/`.length));
    if (bytes === undefined) response.writeHead(404).end();
    else response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  told = [];
  const logger = {
    error: (fields: { err: { code: string } }) => told.push(fields.err.code),
    warn: (said: string) => told.push(said),
  };
  copy = new LogCopy(
    logger as never,
    {
      ...{
        LEDGER_DIR: folder,
        LEDGER_ORIGIN: origin,
        LEDGER_VERIFIER_KEY: formatVerifierKey(noteSigner(origin, 'ed25519', privateKey).key),
      },
      ...{
        LEDGER_SOURCE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        LEDGER_COPY_INTERVAL_MS: 10,
      },
    } as never,
  );
});
afterEach(async () => {
  await copy.onApplicationShutdown();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const append = (count: number) =>
  log.append(Array.from({ length: count }, (_, at) => Buffer.from(`${log.head.size + at}`)));
const copied = async (size: number): Promise<void> => {
  for (;;) {
    const verdict = await verifyLog(directoryReader(join(folder, name)), trust);
    if (verdict.kind === 'verified' && verdict.checkpoint.size === size) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

it('is brought up to date before it serves, and follows', async () => {
  await append(700);
  await copy.onModuleInit();
  expect(await verifyLog(directoryReader(join(folder, name)), trust)).toMatchObject({
    kind: 'verified',
    checkpoint: { size: 700 },
  });
  await append(100);
  await copied(800);
  expect(told).toEqual([]);
});

it('stays whole while its source is away or lies, says so once, and goes on when it is back', async () => {
  await append(300);
  await copy.onModuleInit();
  const whole = new Map(source.resources);
  source.resources.clear();
  await untilTold('resource-missing');
  for (const [path, bytes] of whole) source.resources.set(path, bytes);
  await untilTold('log copied again');

  const forked = await openLog(source, { origin: own, signer });
  await forked.append([Buffer.from('rewritten')]);
  const bundle = 'tile/entries/001.p/45';
  const bytes = Buffer.from(source.resources.get(bundle)!);
  source.resources.set(bundle, bytes.fill(0x21, bytes.length - 3));
  await untilTold('consistency-unproven');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(told).toEqual(['resource-missing', 'log copied again', 'consistency-unproven']);
  expect(await verifyLog(directoryReader(join(folder, name)), trust)).toMatchObject({
    kind: 'verified',
    checkpoint: { size: 300 },
  });
});

async function untilTold(what: string): Promise<void> {
  while (told.at(-1) !== what) await new Promise((resolve) => setTimeout(resolve, 5));
}
