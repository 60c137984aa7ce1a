// What is done to a chain of logs with the log's real key, and found by whoever follows it, from either end.
import { generateKeyPairSync } from 'node:crypto';

import { openLog } from '../log/open-log.js';
import { memoryStorage } from '../log/memory-storage.js';
import { noteSigner } from '../notes/note-signer.js';
import { linkShards } from './link-shards.js';
import { openShards } from './open-shards.js';
import { trustOfShard } from './read-shard.js';
import { shardOrigin } from './shard-name.js';
import { base, type MemoryShards, memoryShards, shardWriting } from './shards.fixture.js';
import { verifyShards } from './verify-shards.js';

const { privateKey } = generateKeyPairSync('ed25519');
const half = (at: number) => Date.UTC(2026, 6 + at * 6, 2);
const NAMES = ['2026h2', '2027h1', '2027h2'];

const entries = (text: string, count: number) => Array.from({ length: count }, (_, at) => Buffer.from(`${text} ${at}`));
const signerOf = (origin: string, key = privateKey) => noteSigner(origin, 'ed25519', key);
const trustOf = (name: string) => trustOfShard({ origin: base, logKeys: [signerOf(base).key] }, name);

async function aChain(key = privateKey): Promise<MemoryShards> {
  const store = memoryShards();
  const chain = await openShards(shardWriting(store, key), half(0));
  for (const at of [1, 2]) {
    await chain.open.log.append(entries(`of ${chain.open.name}`, 20));
    await chain.handOver(half(at));
  }
  await chain.open.log.append(entries('newest', 20));
  await chain.close();
  return store;
}

const faultsFrom = async (store: MemoryShards, name: string): Promise<readonly string[]> => {
  const found = await verifyShards(trustOf(name), {
    readerOf: (each) => store.read(each),
    offered: await store.names(),
  });
  return found.flatMap(({ name: shard, verdict, chain }) => [
    ...(verdict.kind === 'tampered' ? [`${shard}: ${verdict.fault.reason}`] : []),
    ...(chain === undefined ? [] : [`${shard}: ${chain.reason} ${chain.neighbour}`]),
  ]);
};

/** Whether whoever reads the two ends of each log alone finds the same chain at fault. */
const isLinked = async (store: MemoryShards, name: string): Promise<boolean> => {
  const links = await linkShards(trustOf(name), { readerOf: (each) => store.read(each), offered: await store.names() });
  return links.every(({ ends, chain }) => ends.fault === undefined && chain === undefined);
};

/** A shard written anew by its own key. */
async function rewritten(store: MemoryShards, name: string, leaves: readonly Uint8Array[]): Promise<void> {
  const storage = memoryStorage();
  const origin = shardOrigin(base, name);
  const log = await openLog(storage, { origin, signer: signerOf(origin) });
  await log.append(leaves);
  store.folders.set(name, storage.resources);
}

async function leavesOf(store: MemoryShards, name: string): Promise<Uint8Array[]> {
  const origin = shardOrigin(base, name);
  const log = await openLog(memoryStorage(new Map(store.folders.get(name))), { origin, signer: signerOf(origin) });
  const leaves: Uint8Array[] = [];
  for await (const { entry } of log.proofs.entries(0, log.head.size, log.head)) leaves.push(entry);
  return leaves;
}

it.each(NAMES)('finds nothing in a chain that nobody touched, from %s', async (name) => {
  const store = await aChain();
  expect(await faultsFrom(store, name)).toEqual([]);
  expect(await isLinked(store, name)).toBe(true);
});

describe.each<[string, (store: MemoryShards) => Promise<unknown>, readonly string[]]>([
  [
    'the middle shard is taken away',
    (store) => Promise.resolve(store.folders.delete('2027h1')),
    ['checkpoint-missing', 'shard-missing'],
  ],
  [
    'the end of a closed shard is cut off, its closing entry with it',
    async (store) => rewritten(store, '2027h1', (await leavesOf(store, '2027h1')).slice(0, -1)),
    ['shard-cut', 'shard-unlinked'],
  ],
  [
    'a closed shard is opened again: an entry stands behind the closing one',
    async (store) => rewritten(store, '2027h1', [...(await leavesOf(store, '2027h1')), Buffer.from('late')]),
    ['shard-reopened'],
  ],
  [
    'a closed shard is written anew with other entries, and the same ends',
    async (store) => {
      const leaves = await leavesOf(store, '2027h1');
      leaves[7] = Buffer.from('rewritten');
      await rewritten(store, '2027h1', leaves);
    },
    ['shard-swapped'],
  ],
  [
    'the first shard is swapped for another chain’s, of the same key',
    async (store) => {
      const other = await aChain();
      await rewritten(other, '2026h2', [Buffer.from('another'), ...(await leavesOf(other, '2026h2')).slice(1)]);
      store.folders.set('2026h2', other.folders.get('2026h2')!);
    },
    ['shard-swapped'],
  ],
  [
    'the closing entry leads elsewhere',
    async (store) => {
      const leaves = await leavesOf(store, '2027h1');
      const shard = { closes: shardOrigin(base, '2027h1'), successor: shardOrigin(base, '2028h1') };
      leaves[leaves.length - 1] = Buffer.from(JSON.stringify({ kind: 'closing', shard }));
      await rewritten(store, '2027h1', leaves);
    },
    ['shard-swapped', 'shard-missing'],
  ],
  [
    'the newest shard is begun anew without its opening entry',
    async (store) => rewritten(store, '2027h2', entries('begun anew', 21)),
    ['shard-swapped', 'shard-unlinked'],
  ],
  [
    'the newest shard is taken away whole',
    (store) => Promise.resolve(store.folders.delete('2027h2')),
    ['checkpoint-missing', 'shard-missing'],
  ],
])('when %s', (_what, tamper, reasons) => {
  it.each(NAMES)('it is found from %s', async (name) => {
    const store = await aChain();
    await tamper(store);
    const faults = await faultsFrom(store, name);
    // A shard that is not there can't be begun at.
    if (store.folders.has(name))
      expect(reasons.some((reason) => faults.some((fault) => fault.includes(reason)))).toBe(true);
    expect(faults).not.toEqual([]);
    expect(await isLinked(store, name)).toBe(false);
  });
});

it('believes no hand-over that another key has signed', async () => {
  const store = await aChain();
  const foreign = await aChain(generateKeyPairSync('ed25519').privateKey);
  const leaves = await leavesOf(store, '2027h1');
  const opening = await foreignLeaf(foreign);
  await rewritten(store, '2027h1', [opening, ...leaves.slice(1)]);
  expect((await faultsFrom(store, '2027h1')).join()).toMatch(/signature-missing|signature-invalid/);
});

async function foreignLeaf(store: MemoryShards): Promise<Uint8Array> {
  const bundle = [...(store.folders.get('2027h1') ?? [])].find(([path]) => path.startsWith('tile/entries'))?.[1];
  const bytes = Buffer.from(bundle ?? []);
  return bytes.subarray(2, 2 + bytes.readUInt16BE(0));
}
