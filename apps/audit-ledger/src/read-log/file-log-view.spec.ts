import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigError, type ReadinessCheck } from '@hie/service-kit';
import { directoryStorage } from '@hie/tile-storage';
import { formatVerifierKey, noteSigner, openLog, openShards, shardOrigin } from '@hie/transparency-log';

import { directoryShards } from '../keep-shards/directory-shards.js';
import { FileLogView } from './file-log-view.js';
import { droppedRanges, headOf, shardOf } from './log-view.js';

const origin = 'ledger.example/replicated';
const { privateKey } = generateKeyPairSync('ed25519');
const signerOf = (name: string, key = privateKey) => noteSigner(name, 'ed25519', key);
const silent = { error: () => undefined } as never;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hie-replica-'));
});
afterEach(() => rm(folder, { recursive: true }));

const viewOf = (key = formatVerifierKey(signerOf(origin).key), checks: ReadinessCheck[] = []): FileLogView => {
  const readiness = { add: (_name: string, check: ReadinessCheck) => void checks.push(check) };
  const config = { LEDGER_DIR: folder, LEDGER_ORIGIN: origin, LEDGER_VERIFIER_KEY: key };
  return new FileLogView(config as never, silent, readiness as never);
};

const name = '2026h2';
const signer = signerOf(shardOrigin(origin, name));
const openShard = async () =>
  openLog(await directoryStorage(join(folder, name)), {
    ...{ origin: signer.key.name, signer },
    publication: 'when-cosigned',
  });

const append = async (count: number): Promise<void> => {
  const log = await openShard();
  await log.append(Array.from({ length: count }, (_, at) => Buffer.from(`${log.head.size + at}`)));
  await log.close();
};

it('is not ready, and shows nothing, before there is a log', async () => {
  const checks: ReadinessCheck[] = [];
  await expect(viewOf(undefined, checks).current()).rejects.toMatchObject({ code: 'log-not-there', status: 503 });
  expect(await checks[0]?.()).toBe(false);
  await append(3);
  expect(await checks[0]?.()).toBe(true);
});

it('follows the newest head, cosigned or not, and proves from the files', async () => {
  const view = viewOf();
  await append(3);
  expect(headOf((await view.current()).shards).size).toBe(3);
  await append(300);
  const { head, proofs } = shardOf((await view.current()).shards, 0);
  expect(head.size).toBe(303);
  expect(Buffer.from(await proofs.entry(300, head)).toString()).toBe('300');
});

it('shows no log that does not continue what it has shown', async () => {
  const view = viewOf();
  await append(5);
  await cp(folder, `${folder}-backup`, { recursive: true });
  await append(5);
  expect(headOf((await view.current()).shards).size).toBe(10);
  await rm(folder, { recursive: true });
  await cp(`${folder}-backup`, folder, { recursive: true });
  await rm(`${folder}-backup`, { recursive: true });
  await expect(view.current()).rejects.toMatchObject({ code: 'log-not-continued', status: 503 });
  // Grown again, with other entries: a fork.
  const log = await openShard();
  await log.append(Array.from({ length: 9 }, () => Buffer.from('another')));
  await log.close();
  await expect(view.current()).rejects.toMatchObject({ code: 'log-not-continued', status: 503 });
});

it('shows no head that another key has signed', async () => {
  await append(2);
  const other = signerOf(origin, generateKeyPairSync('ed25519').privateKey);
  await expect(viewOf(formatVerifierKey(other.key)).current()).rejects.toMatchObject({ code: 'log-signature-missing' });
});

it.each([
  ['not a key'],
  [formatVerifierKey(noteSigner('another/log', 'ed25519', generateKeyPairSync('ed25519').privateKey).key)],
])('does not start with the key %s', (key) => {
  expect(() => viewOf(key)).toThrow(ConfigError);
});

describe('when the sequencer drops a half-year', () => {
  const marked = (mark: object) => Buffer.from(JSON.stringify({ shard: mark }));
  const chainIn = async (root: string, told: string) => {
    const chain = await openShards(
      {
        ...{ store: directoryShards(root), base: origin, closingEntry: marked, openingEntry: marked },
        signersOf: (of) => [signerOf(of)],
        vouch: () => Promise.resolve(undefined),
      },
      Date.UTC(2026, 7),
    );
    for (const at of [Date.UTC(2027, 1), Date.UTC(2027, 7), Date.UTC(2028, 1)]) {
      await chain.open.log.append([Buffer.from(told)]);
      await chain.handOver(at);
    }
    return chain;
  };

  it('it is shown as one whose entries are gone, and the positions of the others stay', async () => {
    const view = viewOf();
    const chain = await chainIn(folder, 'told');
    const before = (await view.current()).shards;
    for (const shard of ['2026h2', '2027h1']) await chain.drop(shard);
    const kept = (await view.current()).shards;
    expect(kept.map(({ isDropped }) => isDropped)).toEqual([true, true, false, false]);
    await chain.clear('2026h2');
    const after = (await viewOf().current()).shards;
    for (const shards of [kept, after, (await view.current()).shards]) {
      expect(shards.map(({ begin }) => begin)).toEqual(before.map(({ begin }) => begin));
      expect(droppedRanges(shards)).toEqual([{ begin: 0, end: 5 }]);
    }
  });

  it('another half-year in its place is not shown, though its ends are proven too', async () => {
    const view = viewOf();
    const chain = await chainIn(folder, 'told');
    await view.current();
    const other = await mkdtemp(join(tmpdir(), 'hie-replica-'));
    const forged = await chainIn(other, 'another');
    await forged.drop('2026h2');
    await forged.clear('2026h2');
    await Promise.all([chain.close(), forged.close()]);
    await rm(join(folder, '2026h2'), { recursive: true });
    await cp(join(other, '2026h2'), join(folder, '2026h2'), { recursive: true });
    await rm(other, { recursive: true });
    await expect(view.current()).rejects.toMatchObject({ code: 'log-not-continued' });
  });
});
