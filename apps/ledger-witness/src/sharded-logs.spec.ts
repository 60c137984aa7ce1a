// A chain of half-yearly logs is watched by its name: a log that begins next year needs no new configuration.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  formatAddCheckpoint,
  formatSignerKey,
  formatVerifierKey,
  memoryStorage,
  noteSigner,
  openLog,
  shardOrigin,
  type TransparencyLog,
  type TreeHead,
} from '@hie/transparency-log';

import { type RunningWitness, startWitness } from './start-witness.js';
import { readLogs, witnessConfigSchema } from './witness.config.js';

const base = 'ledger.example/chain';
const { privateKey } = generateKeyPairSync('ed25519');
const signerOf = (origin: string, key = privateKey) => noteSigner(origin, 'ed25519', key);

let folder: string;
let running: RunningWitness;
const start = async (): Promise<RunningWitness> => {
  const config = witnessConfigSchema.parse({
    ...{ port: 0, keyFile: join(folder, 'key'), folder: join(folder, 'record') },
    logs: [{ verifierKeys: [formatVerifierKey(signerOf(base).key)], shards: true }],
  });
  return startWitness(config, () => undefined);
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hie-witness-chain-'));
  const own = generateKeyPairSync('ed25519').privateKey;
  await writeFile(join(folder, 'key'), `${formatSignerKey('w.example', 'cosignature-ed25519', own)}\n`, {
    mode: 0o600,
  });
  running = await start();
});
afterEach(async () => {
  await running.stop();
  await rm(folder, { recursive: true });
});

const aLog = async (origin: string, text = 'entry', key = privateKey): Promise<TransparencyLog> => {
  const log = await openLog(memoryStorage(), { origin, signer: signerOf(origin, key) });
  await log.append([Buffer.from(text)]);
  return log;
};
const ask = async ({ head, proofs }: TransparencyLog, old?: TreeHead): Promise<number> => {
  const proof = old === undefined ? [] : await proofs.consistency(old, head);
  const body = formatAddCheckpoint({ oldSize: old?.size ?? 0, proof, checkpoint: head.raw });
  return (await fetch(new URL('add-checkpoint', running.url), { method: 'POST', body })).status;
};

it('vouches for each log of the chain, and remembers each by itself over a restart', async () => {
  const [older, newer] = await Promise.all(['2026h2', '2027h1'].map((name) => aLog(shardOrigin(base, name))));
  expect([await ask(older!), await ask(newer!)]).toEqual([200, 200]);
  await running.stop();
  running = await start();
  // Another history of one of them; the other goes on.
  expect(await ask(await aLog(shardOrigin(base, '2026h2'), 'another'))).toBe(409);
  const { head } = newer!;
  await newer!.append([Buffer.from('more')]);
  expect(await ask(newer!, head)).toBe(200);
});

it.each([
  ['the chain’s own name', base],
  ['what is no half-year', `${base}/2026h3`],
  ['another chain', 'ledger.example/other/2026h2'],
  ['a log below a shard', `${base}/2026h2/2026h2`],
])('watches no log named by %s', async (_what, origin) => {
  expect(await ask(await aLog(origin))).toBe(404);
});

it('believes no shard that another key has signed', async () => {
  const other = generateKeyPairSync('ed25519').privateKey;
  expect(await ask(await aLog(shardOrigin(base, '2026h2'), 'entry', other))).toBe(403);
});

it('watches a log that is no chain under its own name alone', () => {
  const logs = readLogs({ logs: [{ verifierKeys: [formatVerifierKey(signerOf(base).key)], shards: false }] });
  expect([logs.has(base), logs.has(`${base}/2026h2`)]).toEqual([true, false]);
});
