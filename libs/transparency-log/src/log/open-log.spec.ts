// A log over memory, seen from outside: what `append` promises, what a reader then finds, and what opening again makes of
// whatever an earlier writer left. Roots are compared with a frontier grown from all entries at once.
import { generateKeyPairSync } from 'node:crypto';

import { type TreeHead } from '../merkle/consistency-proof.js';
import { emptyFrontier, growFrontier, rootOf } from '../merkle/frontier.js';
import { leafHash } from '../merkle/hash.js';
import { isIncluded } from '../merkle/inclusion-proof.js';
import { noteSigner } from '../notes/note-signer.js';
import { openCheckpoint } from '../notes/open-checkpoint.js';
import { cosigned, entries, options, origin, rejection, signer, witness } from './log.fixture.js';
import { memoryStorage } from './memory-storage.js';
import { type LogOptions, openLog } from './open-log.js';
import { type LogStorage } from './storage.js';

const rootOfFirst = (count: number) => rootOf(growFrontier(emptyFrontier, entries(count).map(leafHash)));

/** Storage whose commits can be made to fail, after or before they have done their work. */
function failingStorage(storage: LogStorage) {
  const failing = { next: 'never' as 'never' | 'before' | 'after' };
  return {
    failing,
    storage: {
      ...storage,
      commit: async (change: Parameters<LogStorage['commit']>[0]) => {
        if (failing.next === 'before') throw new Error('EIO');
        await storage.commit(change);
        if (failing.next === 'after') throw new Error('EIO');
      },
    },
  };
}

describe('a new log', () => {
  it('starts with a signed, published, empty tree', async () => {
    const storage = memoryStorage();
    const log = await openLog(storage, options);

    expect(log.head.size).toBe(0);
    const checkpoint = openCheckpoint(storage.resources.get('checkpoint')!, { origin, logKeys: [signer.key] });
    expect(checkpoint.root).toEqual(rootOfFirst(0));
  });
});

describe('append', () => {
  it.each([0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537])(
    'of %i entries gives their indexes, leaf hashes, a signed root, and resources that prove them',
    async (count) => {
      const storage = memoryStorage();
      const log = await openLog(storage, options);
      const { firstIndex, leafHashes, checkpoint } = await log.append(entries(count));

      expect(firstIndex).toBe(0);
      expect(leafHashes).toHaveLength(count);
      expect(Buffer.concat(leafHashes).equals(Buffer.concat(entries(count).map(leafHash)))).toBe(true);
      expect(checkpoint).toMatchObject({ size: count, root: rootOfFirst(count) });
      expect(storage.resources.get('checkpoint')?.toString()).toBe(checkpoint.raw);
      for (const index of [0, 1, 254, 255, 256, count - 2, count - 1].filter((at) => at >= 0 && at < count)) {
        const path = await log.proofs.inclusion(index, checkpoint);
        const claim = { index, size: count, leafHash: leafHash(entries(1, index)[0]!), root: checkpoint.root };
        expect(isIncluded(claim, path)).toBe(true);
        expect(Buffer.from(await log.proofs.entry(index, checkpoint)).toString()).toBe(`entry ${index}`);
      }
    },
  );

  it('goes on where the last one stopped', async () => {
    const log = await openLog(memoryStorage(), options);
    await log.append(entries(250));
    const { firstIndex, checkpoint } = await log.append(entries(10, 250));

    expect(firstIndex).toBe(250);
    expect(checkpoint.root).toEqual(rootOfFirst(260));
  });

  it('shares one commit and checkpoint among appends that wait for another', async () => {
    const storage = memoryStorage();
    let commits = 0;
    const counting = {
      ...storage,
      commit: (change: Parameters<LogStorage['commit']>[0]) => (commits++, storage.commit(change)),
    };
    const log = await openLog(counting, options);
    commits = 0;
    const results = await Promise.all(
      [entries(3), entries(2, 3), entries(0), entries(4, 5)].map((batch) => log.append(batch)),
    );

    expect(commits).toBe(2);
    expect(results.map(({ firstIndex }) => firstIndex)).toEqual([0, 3, 5, 5]);
    expect(results.map(({ checkpoint }) => checkpoint.size)).toEqual([3, 9, 9, 9]);
    expect(results[3]!.leafHashes).toEqual(entries(4, 5).map(leafHash));
    expect(log.head.root).toEqual(rootOfFirst(9));
  });

  it('takes entries of 0 and of 65,535 bytes, and refuses longer ones without touching the log', async () => {
    const log = await openLog(memoryStorage(), options);
    const { checkpoint } = await log.append([new Uint8Array(0), new Uint8Array(65_535)]);
    expect(await log.proofs.entry(0, checkpoint)).toHaveLength(0);
    expect(await log.proofs.entry(1, checkpoint)).toHaveLength(65_535);

    expect(await rejection(log.append([new Uint8Array(65_536)]))).toBe('entry-too-large');
    expect(log.head.size).toBe(2);
  });

  it('removes the partial versions that it has completed, once they are of no use', async () => {
    const storage = memoryStorage();
    const log = await openLog(storage, options);
    for (let at = 0; at < 256; at += 64) await log.append(entries(64, at));

    expect([...storage.resources.keys()].sort()).toEqual([
      'checkpoint',
      'tile/0/000',
      'tile/1/000.p/1',
      'tile/entries/000',
    ]);
  });

  it('changes nothing when signing fails, and works when it is tried again', async () => {
    let broken = true;
    const flaky = {
      ...signer,
      sign: (text: Uint8Array) => (broken ? Promise.reject(new Error('no HSM')) : signer.sign(text)),
    };
    broken = false;
    const storage = memoryStorage();
    const log = await openLog(storage, { origin, signer: flaky });
    broken = true;
    expect(await rejection(log.append(entries(3)))).toBe('signing-failed');
    expect([...storage.resources.keys()]).toEqual(['checkpoint']);

    broken = false;
    expect((await log.append(entries(3))).firstIndex).toBe(0);
  });

  it('never stores a checkpoint that its own key does not verify', async () => {
    const wrong = { ...signer, sign: () => new Uint8Array(64) };
    expect(await rejection(openLog(memoryStorage(), { origin, signer: wrong }))).toBe('signing-failed');
  });
});

describe('a commit that fails', () => {
  it.each([
    ['before it is done', 'before', 5],
    ['after it is done, unheard', 'after', 8],
  ] as const)('%s closes the log, which opens again at what is stored', async (_name, when, sizeAfterwards) => {
    const memory = memoryStorage();
    const { storage, failing } = failingStorage(memory);
    const log = await openLog(storage, options);
    await log.append(entries(5));

    failing.next = when;
    const [first, queued] = [log.append(entries(3, 5)), log.append(entries(1, 8))];
    expect(await rejection(first)).toBe('commit-failed');
    expect(await rejection(queued)).toBe('log-closed');
    failing.next = 'never';
    expect(await rejection(log.append(entries(1)))).toBe('log-closed');

    const again = await openLog(memory, options);
    expect(again.head).toMatchObject({ size: sizeAfterwards, root: rootOfFirst(sizeAfterwards) });
    const { checkpoint } = await again.append(entries(600, sizeAfterwards));
    expect(checkpoint.root).toEqual(rootOfFirst(sizeAfterwards + 600));
  });

  it('leaves no way for an unfinished batch to come back', async () => {
    const memory = memoryStorage();
    const log = await openLog(memory, options);
    await log.append(entries(200));
    const before = new Map(memory.resources);
    await log.append([...entries(50, 1_000), ...entries(100, 2_000)]);
    // The crash: everything of the second commit is on the disk but the checkpoint.
    const crashed = memoryStorage(new Map([...memory.resources, ['checkpoint', before.get('checkpoint')!]]));
    for (const [path, bytes] of before) crashed.resources.set(path, bytes);

    const again = await openLog(crashed, options);
    expect(again.head.size).toBe(200);
    const { checkpoint } = await again.append(entries(150, 200));
    expect(checkpoint.root).toEqual(rootOfFirst(350));
    for (let index = 0; index < 350; index += 7) {
      expect(Buffer.from(await again.proofs.entry(index, checkpoint)).toString()).toBe(`entry ${index}`);
    }
  });
});

describe('opening', () => {
  const filled = async (count: number, opts: Partial<LogOptions> = {}) => {
    const storage = memoryStorage();
    const log = await openLog(storage, { ...options, ...opts });
    await log.append(entries(count));
    return { storage, log };
  };

  it.each([1, 255, 256, 257, 700, 65_536, 65_793])('goes on after %i entries', async (count) => {
    const { storage } = await filled(count);
    const again = await openLog(storage, options);
    const { firstIndex, checkpoint } = await again.append(entries(300, count));
    expect(firstIndex).toBe(count);
    expect(checkpoint.root).toEqual(rootOfFirst(count + 300));
  });

  it.each([
    ['a tile of the right edge', 'tile/0/001.p/44'],
    ['a bundle of the right edge', 'tile/entries/001.p/44'],
    ['a tile above it', 'tile/1/000.p/1'],
  ])('refuses %s that is not what was committed, or is gone', async (_name, path) => {
    const { storage } = await filled(300);
    const bytes = Buffer.from(storage.resources.get(path)!);
    bytes[bytes.length - 1]! ^= 1;
    expect(await rejection(openLog(memoryStorage(new Map(storage.resources).set(path, bytes)), options))).toBe(
      'tail-differs',
    );

    storage.resources.delete(path);
    expect(await rejection(openLog(storage, options))).toBe('resource-missing');
  });

  it('refuses a log of another origin or another key, and takes one of a former key', async () => {
    const { storage } = await filled(3);
    const other = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
    expect(await rejection(openLog(storage, { ...options, origin: 'elsewhere.example' }))).toBe('origin-differs');
    expect(await rejection(openLog(storage, { origin, signer: other }))).toBe('log-signature-missing');

    const rotated = await openLog(storage, { origin, signer: other, formerKeys: [signer.key] });
    const { checkpoint } = await rotated.append(entries(1, 3));
    expect(() => openCheckpoint(checkpoint.raw, { origin, logKeys: [other.key] })).not.toThrow();
  });

  it('refuses a storage that lies behind a head known elsewhere, or contradicts it', async () => {
    const { storage } = await filled(10);
    const [early, late] = [4, 11].map((size) => ({ size, root: rootOfFirst(size) })) as [TreeHead, TreeHead];
    expect(await rejection(openLog(storage, { ...options, atLeast: early }))).toBe('resolved');
    expect(await rejection(openLog(storage, { ...options, atLeast: late }))).toBe('log-rolled-back');
    expect(await rejection(openLog(storage, { ...options, atLeast: { ...early, root: late.root } }))).toBe(
      'log-rolled-back',
    );
    expect(await rejection(openLog(memoryStorage(), { ...options, atLeast: early }))).toBe('log-rolled-back');
  });
});

describe('changing the key', () => {
  const next = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
  const trustIn = (key: typeof signer) => ({ origin, logKeys: [key.key] });

  it('is believed by whoever knows either while both sign, at once and after the next append', async () => {
    const storage = memoryStorage();
    const log = await openLog(storage, options);
    await log.append(entries(3));
    await log.signWith(next, signer);
    for (const add of [0, 4]) {
      if (add > 0) await log.append(entries(add, 3));
      const raw = storage.resources.get('checkpoint')!;
      expect(openCheckpoint(raw, trustIn(signer)).root).toEqual(rootOfFirst(3 + add));
      expect(openCheckpoint(raw, trustIn(next)).root).toEqual(rootOfFirst(3 + add));
    }
  });

  it('leaves the former key worthless once the next signs alone, and opens with the next', async () => {
    const storage = memoryStorage();
    const log = await openLog(storage, options);
    await log.append(entries(2));
    await log.signWith(signer, next);
    await log.signWith(next);
    await log.append(entries(1, 2));
    const raw = storage.resources.get('checkpoint')!;
    expect(() => openCheckpoint(raw, trustIn(signer))).toThrow('log-signature-missing');
    await log.close();
    expect((await openLog(storage, { origin, signer: next })).head.size).toBe(3);
    expect(await rejection(openLog(storage, options))).toBe('log-signature-missing');
  });

  it('opens with both, and stores a head that both have signed', async () => {
    const storage = memoryStorage();
    await (await openLog(storage, options)).close();
    const log = await openLog(storage, { ...options, besides: [next] });
    await log.append(entries(1));
    expect(openCheckpoint(storage.resources.get('checkpoint')!, trustIn(next)).size).toBe(1);
  });

  it('publishes cosignatures under either', async () => {
    const storage = memoryStorage();
    const log = await openLog(storage, { ...options, publication: 'when-cosigned' });
    await log.append(entries(2));
    const former = log.head.raw;
    await log.signWith(next, signer);
    expect(await log.publish(await cosigned(former))).toBe('published');
    await log.signWith(next);
    expect(await log.publish(await cosigned(log.head.raw))).toBe('published');
    const raw = storage.resources.get('checkpoint')!;
    expect(openCheckpoint(raw, { ...trustIn(next), witnesses: [witness.key], quorum: 1 }).size).toBe(2);
  });

  it('changes nothing when the next key does not sign what it says', async () => {
    const storage = memoryStorage();
    const log = await openLog(storage, options);
    const before = log.head.raw;
    const wrong = { key: next.key, sign: () => new Uint8Array(64) };
    expect(await rejection(log.signWith(wrong))).toBe('signing-failed');
    expect([log.head.raw, storage.resources.get('checkpoint')?.toString()]).toEqual([before, before]);
    expect((await log.append(entries(1))).checkpoint.size).toBe(1);
  });
});

describe('closing', () => {
  it('waits for what is under way, and refuses what comes later', async () => {
    const log = await openLog(memoryStorage(), options);
    const [append, close] = [log.append(entries(3)), log.close()];
    await close;
    expect((await append).checkpoint.size).toBe(3);
    expect(await rejection(log.append(entries(1)))).toBe('log-closed');
    expect(await rejection(log.publish(log.head.raw))).toBe('log-closed');
  });
});
