// A witness as a process would run it: over HTTP, on a folder, beside a log that serves its files.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  addSignatures,
  formatAddCheckpoint,
  formatVerifierKey,
  memoryStorage,
  noteSigner,
  openCheckpoint,
  openLog,
  parseSignatureLines,
  parseVerifierKey,
  shardAt,
  shardOrigin,
} from '@hie/transparency-log';

import { makeKeys, type WitnessAlgorithm } from './new-key.js';
import { startWitness } from './start-witness.js';
import { readConfig, readSigners } from './witness.config.js';

const origin = 'ledger.example/log';
const { privateKey } = generateKeyPairSync('ed25519');
const signer = noteSigner(origin, 'ed25519', privateKey);
let folder: string;
let published: string | undefined;
let server: Server;
let logUrl: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hie-witness-'));
  server = createServer((_request, response) => {
    response.writeHead(published === undefined ? 404 : 200).end(published);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  logUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/log/`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const log = await openLog(memoryStorage(), { origin, signer });
const { checkpoint } = await log.append([Buffer.from('entry')]);

function configured(name: string, algorithms: readonly WitnessAlgorithm[] = ['ed25519'], url?: string) {
  const keyFile = join(folder, `${name}.key`);
  const verifierKeys = makeKeys(`${name}.example`, keyFile, algorithms);
  const path = join(folder, `${name}.json`);
  const watched = { verifierKeys: [formatVerifierKey(signer.key)], ...(url === undefined ? {} : { url }) };
  writeFileSync(path, JSON.stringify({ port: 0, keyFile, folder: join(folder, name), logs: [watched] }));
  return { config: readConfig(path), keyFile, verifierKeys };
}

const post = (url: string, body: string) => fetch(new URL('add-checkpoint', url), { method: 'POST', body });
const request = formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: checkpoint.raw });
const untold = () => undefined;

it('cosigns over HTTP with every key it has, and others can verify it', async () => {
  const { config, verifierKeys } = configured('both', ['ed25519', 'ml-dsa-44']);
  const running = await startWitness(config, untold);
  expect(running.verifierKeys).toEqual(verifierKeys);
  const answer = await post(running.url, request);
  expect(answer.status).toBe(200);
  const lines = parseSignatureLines(await answer.text());
  for (const [at, key] of verifierKeys.map(parseVerifierKey).entries()) {
    const raw = addSignatures(checkpoint.raw, [lines[at]!]);
    expect(openCheckpoint(raw, { origin, logKeys: [signer.key], witnesses: [key], quorum: 1 }).cosigners).toHaveLength(
      1,
    );
  }
  await running.stop();
});

it('has one door, and no room for long bodies', async () => {
  const running = await startWitness(configured('door').config, untold);
  const status = async (path: string, init?: RequestInit) => (await fetch(new URL(path, running.url), init)).status;
  expect([await status('health/live'), await status('health/ready')]).toEqual([200, 200]);
  expect(await status('add-checkpoint')).toBe(405);
  expect(await status('')).toBe(404);
  expect((await post(running.url, 'old 0\n'.repeat(20_000))).status).toBe(413);
  expect((await post(running.url, request)).status).toBe(200);
  await running.stop();
});

it('lets nobody else vouch in its name from its folder', async () => {
  const { config } = configured('alone');
  const running = await startWitness(config, untold);
  await expect(startWitness(config, untold)).rejects.toMatchObject({ code: 'held-by-another-writer' });
  await running.stop();
});

// ATTACKS.md F15.
it('does not start over a record that was put back or lost, where the log can be asked', async () => {
  const { config } = configured('restored', ['ed25519'], logUrl);
  published = checkpoint.raw;
  const first = await startWitness(config, untold);
  published = addSignatures(checkpoint.raw, parseSignatureLines(await (await post(first.url, request)).text()));
  await first.stop();
  await (await startWitness(config, untold)).stop();

  rmSync(config.folder, { recursive: true });
  await expect(startWitness(config, untold)).rejects.toMatchObject({ code: 'record-rolled-back', origin });
  published = undefined;
  const blind = await startWitness(config, untold);
  expect((await post(blind.url, request)).status).toBe(503);
  published = addSignatures(checkpoint.raw, parseSignatureLines(await cosignedElsewhere(config)));
  expect((await post(blind.url, request)).status).toBe(503);
  expect(await blind.failure).toMatchObject({ code: 'record-rolled-back' });
  await blind.stop();
});

it('does not start over a lost record of the half-year’s log where it watches a chain', async () => {
  const own = shardOrigin(origin, shardAt(Date.now()));
  const shard = await openLog(memoryStorage(), { origin: own, signer: noteSigner(own, 'ed25519', privateKey) });
  await shard.append([Buffer.from('entry')]);
  const { config: single } = configured('chain', ['ed25519'], logUrl);
  const config = { ...single, logs: single.logs.map((each) => ({ ...each, shards: true })) };
  published = undefined;
  const first = await startWitness(config, untold);
  published = shard.head.raw;
  const asked = formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: shard.head.raw });
  published = addSignatures(published, parseSignatureLines(await (await post(first.url, asked)).text()));
  await first.stop();
  await (await startWitness(config, untold)).stop();
  rmSync(config.folder, { recursive: true });
  await expect(startWitness(config, untold)).rejects.toMatchObject({ code: 'record-rolled-back', origin: own });
});

/** What the same key signs where nobody compares. */
async function cosignedElsewhere(config: ReturnType<typeof readConfig>): Promise<string> {
  const logs = config.logs.map(({ verifierKeys, shards }) => ({ verifierKeys, shards }));
  const running = await startWitness({ ...config, folder: join(folder, 'elsewhere'), logs }, untold);
  const lines = await (await post(running.url, request)).text();
  await running.stop();
  return lines;
}

describe('its keys', () => {
  it('are written for their owner alone, and never over others', () => {
    const { keyFile } = configured('keys');
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    const before = readFileSync(keyFile, 'utf8');
    expect(() => makeKeys('keys.example', keyFile, ['ed25519'])).toThrow('EEXIST');
    expect(readFileSync(keyFile, 'utf8')).toBe(before);
  });

  it('are of one witness, and none of a log', () => {
    const file = join(folder, 'mixed.key');
    const refused = (...lines: string[]) => {
      writeFileSync(file, lines.join('\n'));
      return () => readSigners({ keyFile: file });
    };
    const [one, two] = ['one', 'two'].map((name) => readFileSync(configured(name).keyFile, 'utf8').trim());
    expect(refused(one!, two!)).toThrow('not usable');
    expect(refused(one!, one!)).toThrow('not usable');
    expect(refused('PRIVATE+KEY+x')).toThrow('not usable');
    expect(refused()).toThrow('not usable');
  });
});
