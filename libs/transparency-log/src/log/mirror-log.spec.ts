import { generateKeyPairSync } from 'node:crypto';

import { sameBytes } from '../merkle/hash.js';
import { cosign } from '../notes/cosignature.js';
import { addSignatures, readCheckpoint } from '../notes/checkpoint.js';
import { noteSigner } from '../notes/note-signer.js';
import { verifyLog } from '../verify/verify-log.js';
import { memoryStorage } from './memory-storage.js';
import { mirrorLog } from './mirror-log.js';
import { openLog } from './open-log.js';

const origin = 'ledger.example/mirrored';
const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
const witness = noteSigner('w.example', 'cosignature-ed25519', generateKeyPairSync('ed25519').privateKey);
const trust = { origin, logKeys: [signer.key] };

const entries = (begin: number, end: number) =>
  Array.from({ length: end - begin }, (_, at) => Buffer.from(`entry ${begin + at}`));

async function aLog(size = 0) {
  const storage = memoryStorage();
  const log = await openLog(storage, { origin, signer });
  if (size > 0) await log.append(entries(0, size));
  return { storage, log };
}

it.each([0, 1, 255, 256, 257, 20_000])('copies a log of %i entries, tile for tile', async (size) => {
  const { storage } = await aLog(size);
  const copy = memoryStorage();
  expect((await mirrorLog(storage, copy, trust)).size).toBe(size);
  expect(await verifyLog(copy, trust)).toMatchObject({ kind: 'verified' });
  const differing = [...storage.resources].filter(([path, bytes]) => !sameBytes(bytes, copy.resources.get(path)!));
  expect(differing.map(([path]) => path)).toEqual([]);
});

it('follows a log that grows, and fetches no entry twice but those of a partial bundle', async () => {
  const { storage, log } = await aLog(300);
  const copy = memoryStorage();
  const read: string[] = [];
  const watched = { read: (path: string) => (read.push(path), storage.read(path)) };
  await mirrorLog(watched, copy, trust);
  for (const size of [301, 512, 513, 700]) {
    await log.append(entries(log.head.size, size));
    expect((await mirrorLog(watched, copy, trust)).size).toBe(size);
    expect(await verifyLog(copy, trust)).toMatchObject({ kind: 'verified', checkpoint: { size } });
  }
  expect(read.filter((path) => path === 'tile/entries/000')).toHaveLength(1);
  expect(read.some((path) => /^tile\/\d/.test(path))).toBe(false);
});

it('takes cosignatures that come later, of the same tree', async () => {
  const { storage, log } = await aLog(5);
  const copy = memoryStorage();
  const witnessed = { ...trust, witnesses: [witness.key], quorum: 1 };
  await expect(mirrorLog(storage, copy, witnessed)).rejects.toMatchObject({ code: 'quorum-missing' });
  expect(copy.resources.size).toBe(0);
  await mirrorLog(storage, copy, trust);
  const line = await cosign(readCheckpoint(log.head.raw), witness, 1_790_000_000);
  await log.publish(addSignatures(log.head.raw, [line]));
  expect((await mirrorLog(storage, copy, witnessed)).cosigners).toHaveLength(1);
});

describe('leaves a copy as it was when the source', () => {
  it.each<[string, string, (parts: Awaited<ReturnType<typeof aLog>>) => Promise<unknown>]>([
    ['is older than it', 'log-rolled-back', async () => (await aLog(299)).storage],
    ['has forked', 'consistency-unproven', async () => forked(400)],
    ['has another log of its size', 'consistency-unproven', async () => forked(300)],
    ['has no checkpoint', 'resource-missing', () => Promise.resolve(memoryStorage())],
    [
      'has changed a new entry',
      'consistency-unproven',
      async ({ log, storage }) => {
        await log.append(entries(300, 310));
        const path = 'tile/entries/001.p/54';
        const bytes = Buffer.from(storage.resources.get(path)!);
        storage.resources.set(path, bytes.fill(0x21, bytes.length - 1));
        return storage;
      },
    ],
  ])('%s', async (_what, code, change) => {
    const parts = await aLog(300);
    const copy = memoryStorage();
    await mirrorLog(parts.storage, copy, trust);
    const source = (await change(parts)) as ReturnType<typeof memoryStorage>;
    await expect(mirrorLog(source, copy, trust)).rejects.toMatchObject({ code });
    expect(await verifyLog(copy, trust)).toMatchObject({ kind: 'verified', checkpoint: { size: 300 } });
  });
});

/** Signed with the log's own key, over other entries. */
async function forked(size: number) {
  const storage = memoryStorage();
  const log = await openLog(storage, { origin, signer });
  await log.append([Buffer.from('another'), ...entries(1, size)]);
  return storage;
}
