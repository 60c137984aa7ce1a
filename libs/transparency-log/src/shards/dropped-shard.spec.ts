// A shard whose entries were dropped: what stays of it, whose word makes its absence one that verifies, and whose does not.
import { generateKeyPairSync } from 'node:crypto';

import { memoryStorage } from '../log/memory-storage.js';
import { openLog } from '../log/open-log.js';
import { noteSigner } from '../notes/note-signer.js';
import { attests, droppedMarkOf } from './dropped-shard.js';
import { mirrorRemains } from './mirror-remains.js';
import { openShards, type ShardChain } from './open-shards.js';
import { readShard, trustOfShard } from './read-shard.js';
import { type DroppedMark, markOf } from './shard-mark.js';
import { base, type MemoryShards, memoryShards, shardWriting } from './shards.fixture.js';
import { verifyShards } from './verify-shards.js';

const { privateKey } = generateKeyPairSync('ed25519');
const half = (at: number) => Date.UTC(2026, 6 + at * 6, 2);
const NAMES = ['2026h2', '2027h1', '2027h2', '2028h1'];
const trustOf = (name: string) =>
  trustOfShard({ origin: base, logKeys: [noteSigner(base, 'ed25519', privateKey).key] }, name);
const open = (store: MemoryShards) => openShards(shardWriting(store, privateKey), half(3));
const entries = (text: string) => Array.from({ length: 300 }, (_, at) => Buffer.from(`${text} ${at}`));
const marking = (...dropped: readonly DroppedMark[]) =>
  Buffer.from(JSON.stringify({ kind: 'dropping', shard: { dropped, rule: 'six years' } }));

async function aChain(store = memoryShards()): Promise<{ store: MemoryShards; chain: ShardChain }> {
  const chain = await openShards(shardWriting(store, privateKey), half(0));
  for (const at of [1, 2, 3]) {
    await chain.open.log.append(entries(chain.open.name));
    await chain.handOver(half(at));
  }
  return { store, chain };
}
const drop = async (chain: ShardChain, name: string): Promise<void> => {
  await chain.drop(name);
  await chain.clear(name);
};
const markAt = (chain: ShardChain, at: number): DroppedMark => droppedMarkOf(chain.closed[at]!);
const found = async (store: MemoryShards, name: string) => {
  const shards = await verifyShards(trustOf(name), {
    readerOf: (each) => store.read(each),
    offered: await store.names(),
  });
  return shards.map(({ name: shard, verdict, chain }) => `${shard} ${chain?.reason ?? verdict.kind}`);
};

it.each([0, 1])(
  'is accepted from every shard when a later one says so, and keeps checkpoint and both ends (%i)',
  async (at) => {
    const { store, chain } = await aChain();
    const { head, begin } = chain.closed[at]!;
    await chain.open.log.append([marking(markAt(chain, at))]);
    await drop(chain, NAMES[at]!);
    expect([...store.folders.get(NAMES[at]!)!.keys()].filter((path) => path.startsWith('tile'))).toEqual([]);
    for (const name of NAMES) {
      expect(await found(store, name)).toEqual(
        NAMES.map((each, index) => `${each} ${index === at ? 'dropped' : 'verified'}`),
      );
    }
    const [verdict] = (await verifyShards(trustOf('2028h1'), { readerOf: (each) => store.read(each) })).slice(at);
    expect(verdict?.verdict).toMatchObject({ checkpoint: { raw: head.raw }, attestedBy: { name: '2028h1', index: 1 } });

    await chain.close();
    const again = await open(store);
    expect(again.closed.map(({ begin: each }) => each)).toEqual([0, 301, 603]);
    expect(again.closed[at]).toMatchObject({ isDropped: true, begin, head: { size: head.size } });
    await again.open.log.append(entries('and on'));
  },
);

describe.each<[string, (dropped: DroppedMark) => readonly DroppedMark[]]>([
  ['nobody says so', () => []],
  ['the number of entries is another', (mark) => [{ ...mark, size: mark.size - 1 }]],
  ['the root is another', (mark) => [{ ...mark, root: Buffer.alloc(32).toString('base64') }]],
  ['the place in the chain is another', (mark) => [{ ...mark, begin: mark.begin + 1 }]],
  ['another shard is named', (mark) => [{ ...mark, origin: `${base}/2026h2` }]],
  ['another chain’s shard is named', (mark) => [{ ...mark, origin: 'elsewhere/2027h1' }]],
])('where %s', (_what, said) => {
  it.each(NAMES)('an absence is found from %s', async (name) => {
    const { store, chain } = await aChain();
    await chain.open.log.append([marking(...said(markAt(chain, 1)))]);
    await drop(chain, '2027h1');
    expect(await found(store, name)).toContain('2027h1 shard-drop-unattested');
  });
});

it('a mark in the shard itself, or in an older one, says nothing', async () => {
  const { chain } = await aChain();
  const mark = { dropped: [markAt(chain, 1)], rule: 'six years' };
  const { head, begin } = chain.closed[1]!;
  expect(['2026h2', '2027h1', '2027h2'].map((name) => attests(mark, name, { ...head, begin }))).toEqual([
    false,
    false,
    true,
  ]);
});

it('is believed by a later mark once the shard that had the first is dropped too, and not without', async () => {
  const { store, chain } = await aChain();
  const first = markAt(chain, 0);
  await chain.open.log.append([marking(first)]);
  await drop(chain, '2026h2');
  for (const at of [4, 5]) await chain.handOver(half(at));
  await chain.open.log.append([marking(markAt(chain, 3))]);
  await drop(chain, '2028h1');
  expect(await found(store, '2029h1')).toEqual([
    ...['2026h2 shard-drop-unattested', '2027h1 verified', '2027h2 verified', '2028h1 dropped'],
    ...['2028h2 verified', '2029h1 verified'],
  ]);
  await chain.open.log.append([marking(first, markAt(chain, 3))]);
  expect(await found(store, '2027h1')).not.toContain('2026h2 shard-drop-unattested');
});

it.each([
  ['its closing proof', 'closing.tlog-proof'],
  ['its opening proof', 'opening.tlog-proof'],
  ['its checkpoint', 'checkpoint'],
])('without %s it is not what was dropped', async (_what, path) => {
  const { store, chain } = await aChain();
  await chain.open.log.append([marking(markAt(chain, 1))]);
  await drop(chain, '2027h1');
  store.folders.get('2027h1')!.delete(path);
  expect((await found(store, '2028h1')).some((each) => !/ (verified|dropped)$/.test(each))).toBe(true);
});

it('neither the newest closed shard nor the open one can be dropped', async () => {
  const { chain } = await aChain();
  for (const name of ['2027h2', '2028h1', '2030h1']) await expect(chain.drop(name)).rejects.toThrow(RangeError);
  await expect(chain.clear('2026h2')).rejects.toThrow(RangeError);
});

it('a writer that dies at any step leaves a shard that reads as before or as dropped, and is dropped at the second try', async () => {
  for (let dieAt = 0; dieAt < 20; dieAt += 1) {
    const folders = new Map<string, Map<string, Uint8Array>>();
    const { chain } = await aChain(memoryShards(folders));
    await chain.open.log.append([marking(markAt(chain, 1))]);
    await chain.close();
    let left = Infinity;
    const dying = await open(
      memoryShards(folders, () => {
        left -= 1;
        if (left < 0) throw new Error('killed');
      }),
    );
    left = dieAt;
    const outcome = await drop(dying, '2027h1').then(
      () => 'dropped',
      () => 'killed',
    );
    const after = memoryShards(folders);
    expect(await found(after, '2028h1')).not.toContainEqual(expect.stringMatching(/shard-|tampered/));
    const shard = await readShard(after.read('2027h1'), '2027h1', trustOf('2027h1'), { isFirst: false });
    expect(shard).toMatchObject({ begin: 301, head: { size: 302 } });
    await drop(await open(after), '2027h1');
    expect(await found(after, '2028h1')).toContain('2027h1 dropped');
    if (outcome === 'dropped') return;
  }
  throw new RangeError('It has never lived.');
});

describe('a copy', () => {
  const dropped = async () => {
    const { store, chain } = await aChain();
    const before = new Map(store.folders.get('2027h1'));
    await chain.open.log.append([marking(markAt(chain, 1))]);
    await drop(chain, '2027h1');
    return { store, before };
  };

  it('of a shard that is gone is what stays of it, and a copy of before stays', async () => {
    const { store, before } = await dropped();
    const copy = memoryStorage();
    await mirrorRemains(store.read('2027h1'), copy, trustOf('2027h1'));
    expect([...copy.resources.keys()].sort()).toEqual(['checkpoint', 'closing.tlog-proof', 'opening.tlog-proof']);
    const shard = await readShard(copy, '2027h1', trustOf('2027h1'), { isFirst: false });
    expect(shard).toMatchObject({ isDropped: true, begin: 301 });
    const paths = [...before.keys()];
    await mirrorRemains(store.read('2027h1'), memoryStorage(before), trustOf('2027h1'));
    expect([...before.keys()]).toEqual(paths);
  });

  it('is not made of ends that the checkpoint does not prove, nor beside another tree', async () => {
    const { store, before } = await dropped();
    const folder = store.folders.get('2027h1')!;
    const ends = folder.get('opening.tlog-proof')!;
    folder.set('closing.tlog-proof', ends);
    const copy = memoryStorage();
    await expect(mirrorRemains(store.read('2027h1'), copy, trustOf('2027h1'))).rejects.toThrow('proof-malformed');
    expect(copy.resources.size).toBe(0);
    const storage = memoryStorage();
    const signer = noteSigner(`${base}/2027h1`, 'ed25519', privateKey);
    await (await openLog(storage, { origin: `${base}/2027h1`, signer })).append([Buffer.from('another')]);
    const whole = memoryStorage(before);
    await expect(mirrorRemains(whole, storage, trustOf('2027h1'))).rejects.toThrow('consistency-unproven');
  });
});

it.each([
  { dropped: 'all', rule: 'x' },
  { dropped: [{ origin: base, begin: 0, size: 1 }], rule: 'x' },
  { dropped: [{ origin: base, begin: -1, size: 1, root: '' }], rule: 'x' },
  { dropped: [null], rule: 'x' },
  { dropped: [] },
])('takes no mark of another shape for one: %j', (shard) => {
  expect(markOf(Buffer.from(JSON.stringify({ shard })))).toBeUndefined();
});
