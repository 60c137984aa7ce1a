import { generateKeyPairSync } from 'node:crypto';

import { type TransparencyLogError } from '../failure.js';
import { type TransparencyLog } from '../log/transparency-log.js';
import { type TreeHead } from '../merkle/consistency-proof.js';
import { readCheckpoint } from '../notes/checkpoint.js';
import { openCheckpoint } from '../notes/open-checkpoint.js';
import { noteSigner } from '../notes/note-signer.js';
import { readShard, trustOfShard } from './read-shard.js';
import { openShards, type ShardChain } from './open-shards.js';
import { isClosing, isOpening, markOf, openHandOver } from './shard-mark.js';
import { base, type MemoryShards, memoryShards, shardWriting } from './shards.fixture.js';
import { verifyShards } from './verify-shards.js';

const { privateKey } = generateKeyPairSync('ed25519');
const IN_H2 = Date.UTC(2026, 10, 22);
const IN_H1 = Date.UTC(2027, 0, 1);

const entries = (text: string, count: number) => Array.from({ length: count }, (_, at) => Buffer.from(`${text} ${at}`));
const open = (store: MemoryShards, nowMs = IN_H2) => openShards(shardWriting(store, privateKey), nowMs);
const trustOf = (name: string) => {
  const { key } = noteSigner(base, 'ed25519', privateKey);
  return trustOfShard({ origin: base, logKeys: [key] }, name);
};
const verified = async (store: MemoryShards, name: string) => {
  const found = await verifyShards(trustOf(name), { readerOf: (each) => store.read(each) });
  return found.map(({ name: shard, verdict, chain }) => [shard, verdict.kind, chain?.reason]);
};

it('begins a chain with the half-year, and hands over to the next with entries that say so', async () => {
  const store = memoryShards();
  const chain = await open(store);
  expect(chain.open).toMatchObject({ name: '2026h2', begin: 0 });
  await chain.open.log.append(entries('old', 300));
  const next = await chain.handOver(IN_H1);
  expect(next).toMatchObject({ name: '2027h1', begin: 301 });
  await next.log.append(entries('new', 10));
  expect(chain.closed).toMatchObject([{ name: '2026h2', begin: 0, head: { size: 301 } }]);

  const [closing, opening] = await Promise.all([
    chain.closed[0]!.proofs.entry(300, chain.closed[0]!.head),
    next.log.proofs.entry(0, next.log.head),
  ]);
  expect(markOf(closing)).toEqual({ closes: `${base}/2026h2`, successor: `${base}/2027h1` });
  const mark = markOf(opening);
  if (!isOpening(mark)) throw new Error('no opening mark');
  const keys = ['2026h2', '2027h1'].map((name) => trustOf(name).logKeys[0]!);
  expect(openHandOver(mark.statement, ...keys.map((key) => [key]))).toMatchObject({
    from: { origin: `${base}/2026h2`, size: 301, root: chain.closed[0]!.head.root },
    ...{ to: `${base}/2027h1`, position: 301 },
  });
  for (const name of ['2026h2', '2027h1']) {
    expect(await verified(store, name)).toEqual([
      ['2026h2', 'verified', undefined],
      ['2027h1', 'verified', undefined],
    ]);
  }
});

it('hands over within a half-year, by command, as often as it is asked to', async () => {
  const store = memoryShards();
  const chain = await open(store);
  for (const name of ['2026h2-2', '2026h2-3', '2026h2-4']) expect((await chain.handOver(IN_H2)).name).toBe(name);
  expect((await chain.handOver(IN_H1)).name).toBe('2027h1');
  await chain.close();
  expect(await verified(store, '2026h2-3')).toHaveLength(5);
  const again = await open(store, IN_H1);
  expect(again.open).toMatchObject({ name: '2027h1', begin: 4 + 3 });
});

it('refuses a chain that lies behind what is known elsewhere of any of its logs, or lacks one', async () => {
  const store = memoryShards();
  const chain = await open(store);
  await chain.open.log.append(entries('old', 3));
  const early = chain.open.log.head;
  await chain.handOver(IN_H1);
  await chain.open.log.append(entries('new', 2));
  const heads = new Map([
    ['2026h2', chain.closed[0]!.head],
    ['2027h1', chain.open.log.head],
  ]);
  await chain.close();
  const again = (atLeast: ReadonlyMap<string, TreeHead>) =>
    openShards(shardWriting(store, privateKey, { atLeast }), IN_H1).then(
      ({ open: { log } }) => log.head.size,
      ({ code, place }: TransparencyLogError) => [code, place.size],
    );
  expect(await again(heads)).toBe(3);
  expect(await again(new Map([['2026h2', early]]))).toBe(3);
  const beyond = (head: TreeHead) => ({ ...head, size: head.size + 1 });
  for (const [name, head] of heads) {
    expect(await again(new Map([...heads, [name, beyond(head)]]))).toEqual(['log-rolled-back', head.size + 1]);
    expect(await again(new Map([...heads, [name, { ...head, root: early.root }]]))).toEqual([
      'log-rolled-back',
      head.size,
    ]);
  }
  expect(await again(new Map([...heads, ['2027h2', early]]))).toEqual(['log-rolled-back', 3]);
  store.folders.clear();
  expect(await again(heads)).toEqual(['log-rolled-back', 4]);
});

it('carries the cosigned checkpoint where the witnesses answer in time, and keeps the log for them where they do not', async () => {
  const store = memoryShards();
  const chain = await openShards(shardWriting(store, privateKey, { publication: 'when-cosigned' }), IN_H2);
  await chain.open.log.append(entries('old', 3));
  await chain.handOver(IN_H1);
  expect(chain.unvouched.map(({ head }) => head.size)).toEqual([4]);
  await chain.close();
  const again = await openShards(shardWriting(store, privateKey, { publication: 'when-cosigned' }), IN_H1);
  expect(again.unvouched.map(({ head, published }) => [head.size, published.size])).toEqual([[4, 0]]);
  await again.unvouched[0]!.publish(again.unvouched[0]!.head.raw);
  const whole = await openShards(shardWriting(store, privateKey, { publication: 'when-cosigned' }), IN_H1);
  expect(whole.unvouched).toEqual([]);
});

it.each(['at-once', 'when-cosigned'] as const)(
  'changes its keys with both under every log, and opens with the next alone (published %s)',
  async (publication) => {
    const next = generateKeyPairSync('ed25519').privateKey;
    let keys = [privateKey];
    const store = memoryShards();
    const vouch = (log: TransparencyLog) => Promise.resolve(log.head.raw);
    const begin = () =>
      openShards(
        shardWriting(store, () => keys, { publication, vouch }),
        IN_H2,
      );
    const chain = await begin();
    await chain.open.log.append(entries('old', 3));
    await chain.handOver(IN_H2);
    await chain.handOver(IN_H1);
    keys = [next];
    await expect(begin()).rejects.toMatchObject({ code: 'log-signature-missing' });
    keys = [privateKey, next];
    await chain.renewSignatures();
    for (const { head } of chain.closed) {
      expect(readCheckpoint(head.raw).signatures).toHaveLength(2);
    }
    await chain.open.log.publish(chain.open.log.head.raw);
    await chain.close();
    const files = [...store.folders].map(([name, folder]) => [name, Buffer.from(folder.get('checkpoint')!).toString()]);
    for (const key of keys) {
      for (const [name = '', raw = ''] of files) {
        const own = trustOfShard({ origin: base, logKeys: [noteSigner(base, 'ed25519', key).key] }, name);
        expect(openCheckpoint(raw, own).size).toBeGreaterThan(0);
      }
    }
    keys = [next];
    const again = await begin();
    expect(again.open.name).toBe('2027h1');
    expect(again.closed.map(({ head }) => head.size)).toEqual([4, 2]);
    // The hand-overs were signed by the former key: whoever holds them against the logs knows both, in any order.
    for (const known of [
      [next, privateKey],
      [privateKey, next],
    ]) {
      const logKeys = known.map((key) => noteSigner(base, 'ed25519', key).key);
      const trust = trustOfShard({ origin: base, logKeys }, '2026h2-2');
      const found = await verifyShards(trust, { readerOf: (each) => store.read(each) });
      expect(found.map(({ verdict, chain: fault }) => [verdict.kind, fault])).toEqual(
        Array.from({ length: 3 }, () => ['verified', undefined]),
      );
    }
  },
);

it('does not open a chain whose closed shard does not lead to the next', async () => {
  const store = memoryShards();
  const chain = await open(store);
  await chain.handOver(IN_H1);
  await chain.handOver(IN_H1);
  store.folders.delete('2027h1');
  await expect(open(store, IN_H1)).rejects.toMatchObject({ code: 'shard-chain-broken' });
});

describe('a writer that dies in a hand-over, before or after its commit', () => {
  const SURVIVED = 100;
  // Each commit is a step that may be the last: closing entry, new log, opening entry, each before and after it is durable.
  it.each(Array.from({ length: 8 }, (_, at) => at))(
    '%i leaves one log that goes on, and a whole chain',
    async (dieAt) => {
      const folders = new Map<string, Map<string, Uint8Array>>();
      const first = await open(memoryShards(folders));
      await first.open.log.append(entries('old', SURVIVED));
      let left = Infinity;
      const dying = memoryShards(folders, () => {
        left -= 1;
        if (left < 0) throw new Error('killed');
      });
      const chain = await open(dying);
      left = dieAt;
      const outcome = await chain.handOver(IN_H1).then(
        () => 'handed over',
        () => 'killed',
      );
      // Three commits; the pairs beyond them are those of a writer that lived.
      expect(outcome).toBe(dieAt < 6 ? 'killed' : 'handed over');
      if (outcome === 'killed') expect(() => chain.open).toThrow('log-closed');

      const after = memoryShards(folders);
      const again = await open(after, IN_H1);
      // Before the closing entry was durable nothing has happened, and the next append finds it due.
      const resumed = dieAt === 0 ? await again.handOver(IN_H1) : again.open;
      expect(resumed).toMatchObject({ name: '2027h1', begin: SURVIVED + 1 });
      await resumed.log.append(entries('new', 5));
      expect(await openLogs(again, after)).toEqual(['2027h1']);
      expect(resumed.log.head.size).toBe(1 + 5);
      expect(await verified(after, '2026h2')).toEqual([
        ['2026h2', 'verified', undefined],
        ['2027h1', 'verified', undefined],
      ]);
    },
  );
});

/** The shards that no closing entry ends. */
async function openLogs(chain: ShardChain, store: MemoryShards): Promise<readonly string[]> {
  const names = await store.names();
  const shards = await Promise.all(
    names.map((name, at) => readShard(store.read(name), name, trustOf(name), { isFirst: at === 0 })),
  );
  expect(chain.closed.every(({ closing }) => isClosing(closing))).toBe(true);
  return shards.flatMap((shard) => (shard?.closing === undefined ? [shard?.name ?? 'unreadable'] : []));
}
