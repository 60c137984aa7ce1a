// The turn of a half-year in the service's own writing side: sequencer, projection, witnesses, receipts; by the clock and by command.
import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';
import {
  type VerifierKey,
  isIncluded,
  keyOfOrigin,
  openCheckpoint,
  parseVerifierKey,
  shardOfOrigin,
  shardOrigin,
  trustOfShard,
  verifierKey,
  verifyShards,
} from '@hie/transparency-log';

import { type ServiceLog, serviceLog } from '../append-event/service-log.fixture.js';
import { CheckpointStore } from '../ask-witnesses/checkpoint.store.js';
import { createTables } from '../read-entries/sealed-projection.fixture.js';
import { directoryShards } from './directory-shards.js';

let nowMs: number;
let schema: TestSchema;
let service: ServiceLog;
beforeEach(async () => {
  nowMs = Date.UTC(2026, 11, 31, 23, 59);
  schema = await testSchema();
  await applyIn(schema, createTables);
  service = await serviceLog(schema.pool, { now: () => nowMs });
});
afterEach(async () => {
  await service.close();
  await schema.drop();
});

const told = async (count: number) => {
  const receipts = [];
  for (let at = 0; at < count; at += 1) receipts.push((await service.tell({ receiptWanted: true }))!);
  return receipts;
};

/** The whole chain, its logs each under the quorum of the witnesses. */
const chain = async (keys: readonly VerifierKey[] = []) => {
  const { log, witnesses, quorum } = service.keys;
  const key = parseVerifierKey(log);
  const { name } = shardOfOrigin(key.name)!;
  const store = directoryShards(service.root);
  const trust = { origin: key.name, logKeys: [key, ...keys], witnesses: witnesses.map(parseVerifierKey), quorum };
  const found = await verifyShards(trustOfShard(trust, name), {
    readerOf: (each) => store.read(each),
    offered: await store.names(),
  });
  return found.map(({ name: shard, verdict, chain: fault }) => {
    const size = verdict.kind === 'tampered' ? verdict.fault.reason : verdict.checkpoint.size;
    return [shard, size, ...(fault === undefined ? [] : [fault.reason])];
  });
};
const eventually = async (holds: () => boolean): Promise<void> => {
  for (let left = 200; !holds(); left -= 1) {
    if (left === 0) throw new RangeError('It has not come to be.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};
const vouched = () =>
  eventually(() => service.shards.unvouched.length === 0 && service.log.published.size === service.log.head.size);

it('turns at the first entry of a new half-year, and goes on counting', async () => {
  const before = await told(3);
  nowMs = Date.UTC(2027, 0, 1);
  const after = await told(2);
  expect(before.map(({ shard, index }) => [shard, index])).toEqual([0, 1, 2].map((index) => ['2026h2', index]));
  // Index 0 of the new log is the hand-over.
  expect(after.map(({ shard, index }) => [shard, index])).toEqual([1, 2].map((index) => ['2027h1', index]));
  await vouched();
  expect(await chain()).toEqual([
    ['2026h2', 4],
    ['2027h1', 3],
  ]);
  const { rows } = await schema.pool.query<{ index: string; action: string }>(
    'select index, action from entry order by index',
  );
  expect(rows.map(({ index, action }) => [Number(index), action])).toEqual([
    ...[0, 1, 2].map((index) => [index, 'query.requested']),
    [3, 'ledger.shard-closed'],
    [4, 'ledger.shard-opened'],
    ...[5, 6].map((index) => [index, 'query.requested']),
  ]);
});

it('gives an event that is told again after the turn its old place, proven in the shard that holds it', async () => {
  const eventId = randomUUID();
  const at = new Date(nowMs - 600_000_000).toISOString();
  const first = await service.tell({ eventId, at, receiptWanted: true });
  await service.handOver();
  await told(5);
  const again = await service.tell({ eventId, at, receiptWanted: true });
  expect([again!.shard, again!.index]).toEqual(['2026h2', first!.index]);
  const key = parseVerifierKey(service.keys.log);
  const trust = trustOfShard({ origin: key.name, logKeys: [key] }, '2026h2');
  const head = openCheckpoint(again!.checkpoint, trust);
  const path = again!.proof.map((hash) => new Uint8Array(Buffer.from(hash, 'base64')));
  const leafHash = new Uint8Array(Buffer.from(again!.leafHash, 'base64'));
  expect(isIncluded({ index: again!.index, size: head.size, root: head.root, leafHash }, path)).toBe(true);
});

it('hands over by command while events come, and loses, doubles and misplaces none', async () => {
  const eventIds = Array.from({ length: 120 }, () => randomUUID());
  const telling = Promise.all(eventIds.map((eventId, at) => service.tell({ eventId, receiptWanted: at % 7 === 0 })));
  await service.handOver();
  await Promise.all([service.handOver(), telling]);
  await told(1);
  await vouched();
  const found = await chain();
  expect(found.map(([name]) => name)).toEqual(['2026h2', '2026h2-2', '2026h2-3']);
  expect(found.reduce((sum, [, size]) => sum + Number(size), 0)).toBe(120 + 1 + 4);
  const { rows } = await schema.pool.query<{ event_id: string; index: string }>('select event_id, index from entry');
  expect(rows).toHaveLength(120 + 1 + 4);
  expect(new Set(rows.map(({ index }) => Number(index))).size).toBe(rows.length);
  for (const eventId of eventIds) expect(rows.filter((row) => row.event_id === eventId)).toHaveLength(1);
});

it('changes its key with both under every log, closed ones too, and opens and verifies with the next alone', async () => {
  const next = generateKeyPairSync('ed25519').privateKey;
  const believes = async (name: string, keys: readonly VerifierKey[]) => {
    const { log, witnesses, quorum } = service.keys;
    const { base } = shardOfOrigin(parseVerifierKey(log).name)!;
    const origin = shardOrigin(base, name);
    const trust = { origin, logKeys: keys.map((key) => keyOfOrigin(key, origin)) };
    const raw = await readFile(join(service.root, name, 'checkpoint'), 'utf8');
    return openCheckpoint(raw, { ...trust, witnesses: witnesses.map(parseVerifierKey), quorum }).size;
  };
  const formerKey = parseVerifierKey(service.keys.log);
  const nextKey = verifierKey(formerKey.name, 'ed25519', createPublicKey(next));
  await told(2);
  await service.handOver();
  await told(1);
  await service.handOver();
  await vouched();
  await expect(believes('2026h2', [nextKey])).rejects.toMatchObject({ code: 'log-signature-missing' });

  service.signWith((former) => [former, next]);
  const during = (await told(1))[0]!;
  for (const key of [formerKey, nextKey]) {
    const own = trustOfShard({ origin: formerKey.name, logKeys: [key] }, during.shard ?? '');
    expect(openCheckpoint(during.checkpoint, own).size).toBeGreaterThan(0);
  }
  await vouched();
  for (const name of ['2026h2', '2026h2-2', '2026h2-3']) {
    for (const key of [formerKey, nextKey]) expect(await believes(name, [key])).toBeGreaterThan(0);
  }

  service.signWith(() => [next]);
  await told(1);
  await vouched();
  await service.reopen();
  expect((await told(1))[0]?.shard).toBe('2026h2-3');
  await service.handOver();
  await vouched();
  const found = await chain([formerKey, nextKey]);
  expect(found.map(([name, size]) => [name, size])).toEqual([
    ['2026h2', 3],
    ['2026h2-2', 3],
    ['2026h2-3', 5],
    ['2026h2-4', 1],
  ]);
  expect(found.every(([, , fault]) => fault === undefined)).toBe(true);
});

it('keeps the cosigned checkpoints of each shard, the last of a closed one among them', async () => {
  await told(3);
  await service.handOver();
  await told(2);
  await vouched();
  const store = new CheckpointStore(schema.pool);
  expect((await store.newest('2026h2'))?.size).toBe(4);
  await eventually(() => service.log.published.size === 3);
  expect((await store.newest('2026h2-2'))?.size).toBe(3);
});
