// What a read replica gives out, from a log of 1,000 entries at an older and at the newest head.
import { generateKeyPairSync } from 'node:crypto';

import { TransparencyLogError } from '../failure.js';
import { leafHash } from '../merkle/hash.js';
import { noteSigner } from '../notes/note-signer.js';
import { openProofFile } from '../notes/proof-file.js';
import { logProofs } from './log-proofs.js';
import { memoryStorage } from './memory-storage.js';
import { openLog } from './open-log.js';

const origin = 'ledger.example/log';
const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
const entry = (at: number) => Buffer.from(`entry ${at}`);
const storage = memoryStorage();
const log = await openLog(storage, { origin, signer });
const heads = [log.head];
for (const size of [300, 700]) {
  const from = log.head.size;
  heads.push((await log.append(Array.from({ length: size }, (_, at) => entry(from + at)))).checkpoint);
}
const [empty, older, newest] = heads as [typeof log.head, typeof log.head, typeof log.head];
const proofs = logProofs(storage);
const codeOf = (failure: unknown) => (failure instanceof TransparencyLogError ? failure.code : String(failure));

it('gives proof files for any entry, under the newest head and under an older one', async () => {
  for (const [index, head] of [
    [0, newest],
    [256, newest],
    [999, newest],
    [0, older],
    [299, older],
  ] as const) {
    const file = await proofs.proofFile(index, head, Buffer.from('extra'));
    const proven = openProofFile(file, leafHash(entry(index)), { origin, logKeys: [signer.key] });
    expect(proven).toMatchObject({ index, checkpoint: { size: head.size } });
  }
});

it('proves one head from another, and an empty one without a hash', async () => {
  expect(await proofs.consistency(empty, newest)).toEqual([]);
  expect(await proofs.consistency(newest, newest)).toEqual([]);
  expect((await proofs.consistency(older, newest)).length).toBeGreaterThan(3);
});

it.each([0, 1, 255, 256, 257, 300, 999, 1000])('knows the head that the log had with %i entries', async (size) => {
  const head = await proofs.headAt(size, newest);
  const again = await openLog(memoryStorage(), { origin, signer });
  const { checkpoint } = await again.append(Array.from({ length: size }, (_, at) => entry(at)));
  expect(head).toEqual({ size, root: checkpoint.root });
});

it('knows no head beyond its own', async () => {
  expect(await proofs.headAt(301, older).catch(codeOf)).toBe('index-outside-log');
});

it('proves nothing between heads of different logs, nor backwards', async () => {
  expect(await proofs.consistency(newest, older).catch(codeOf)).toBe('consistency-unproven');
  expect(await proofs.consistency({ ...older, root: newest.root }, newest).catch(codeOf)).toBe('consistency-unproven');
});

it('knows no entry outside the head', async () => {
  for (const index of [-1, 300, 1.5, NaN]) {
    expect(await proofs.inclusion(index, older).catch(codeOf)).toBe('index-outside-log');
    expect(await proofs.entry(index, older).catch(codeOf)).toBe('index-outside-log');
  }
  expect(await proofs.entries(0, 301, older).next().catch(codeOf)).toBe('index-outside-log');
});

it.each([
  [0, 0],
  [0, 1],
  [255, 257],
  [0, 256],
  [256, 512],
  [250, 1000],
  [999, 1000],
])('reads the entries from %i up to %i in order', async (begin, end) => {
  const read = [];
  for await (const { index, entry: bytes } of proofs.entries(begin, end, newest))
    read.push([index, Buffer.from(bytes).toString()]);
  expect(read).toEqual(Array.from({ length: end - begin }, (_, at) => [begin + at, `entry ${begin + at}`]));
});

it('finds damage before anybody is given a proof of it', async () => {
  const damaged = new Map(storage.resources);
  const flip = (path: string, at: number) => {
    const bytes = Buffer.from(storage.resources.get(path)!);
    bytes[at]! ^= 1;
    damaged.set(path, bytes);
  };
  flip('tile/0/000', 32 * 7);
  flip('tile/entries/001', 10);
  const reader = logProofs(memoryStorage(damaged));
  expect(await reader.inclusion(6, newest).catch(codeOf)).toBe('inclusion-unproven');
  expect(await reader.inclusion(900, newest)).toHaveLength(10);
  expect(await reader.entry(256, newest).catch(codeOf)).toBe('inclusion-unproven');
});
