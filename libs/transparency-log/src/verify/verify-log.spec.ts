// Each row does something to a log that is known to verify, and expects the fault with the place that can be known. What a
// signer with the real key can do is done with the real key.
import { generateKeyPairSync } from 'node:crypto';

import { memoryStorage } from '../log/memory-storage.js';
import { openLog } from '../log/open-log.js';
import { type LogReader } from '../log/storage.js';
import { cosign } from '../notes/cosignature.js';
import { addSignatures, formatCheckpoint, readCheckpoint } from '../notes/checkpoint.js';
import { noteSigner } from '../notes/note-signer.js';
import { openCheckpoint, type OpenCheckpoint, signCheckpoint, type Trust } from '../notes/open-checkpoint.js';
import { type LogVerdict } from './log-verdict.js';
import { verifyLog } from './verify-log.js';

const origin = 'ledger.example/log';
const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
const witness = noteSigner('w.example', 'cosignature-ed25519', generateKeyPairSync('ed25519').privateKey);
const trust: Trust = { origin, logKeys: [signer.key] };

type Resources = Map<string, Uint8Array>;

const entry = (at: number, text = 'entry') => Buffer.from(`${text} ${String(at).padStart(4, '0')}`);
const range = (begin: number, end: number) => Array.from({ length: end - begin }, (_, at) => entry(begin + at));

/** A log of 1,000 entries, appended in uneven steps, and its checkpoints at 300, 700 and 1,000. */
async function makeLog(make = range): Promise<{ resources: Resources; held: OpenCheckpoint[] }> {
  const storage = memoryStorage();
  const log = await openLog(storage, { origin, signer });
  const held: OpenCheckpoint[] = [];
  for (const [begin, end] of [
    [0, 300],
    [300, 700],
    [700, 1000],
  ] as const)
    held.push((await log.append(make(begin, end))).checkpoint);
  return { resources: storage.resources, held };
}

const change = (resources: Resources, path: string, edit: (bytes: Buffer) => Uint8Array): Resources => {
  const bytes = Buffer.from(resources.get(path)!);
  return new Map(resources).set(path, edit(bytes));
};
const flip = (at: number) => (bytes: Buffer) => bytes.fill(bytes[at]! ^ 1, at, at + 1);
const fault = (verdict: LogVerdict) => (verdict.kind === 'tampered' ? verdict.fault : verdict.kind);
/** Where entry `at` of a bundle begins: two bytes of length and ten of text each. */
const entryAt = (at: number) => 12 * at;

const { resources, held } = await makeLog();
const reader = (from: Resources): LogReader => memoryStorage(from);
const [at300, at700] = held as [OpenCheckpoint, OpenCheckpoint];

describe('a log that nobody touched', () => {
  it.each([0, 1, 255, 256, 257, 1000])('of %i entries verifies', async (count) => {
    const storage = memoryStorage();
    await (await openLog(storage, { origin, signer })).append(range(0, count));
    const seen: number[] = [];
    const verdict = await verifyLog(storage, trust, { onEntry: (index) => seen.push(index) });

    expect(verdict).toMatchObject({ kind: 'verified', checkpoint: { size: count }, entryBytes: count * 10 });
    expect(seen).toEqual(Array.from({ length: count }, (_, at) => at));
  });

  it('continues the checkpoints it gave out', async () => {
    const verdict = await verifyLog(reader(resources), trust, { older: held });
    expect(verdict).toMatchObject({ kind: 'verified', consistentWith: [300, 700, 1000] });
  });

  it('asks for as many resources at once as it may, and reports how far it is', async () => {
    let [now, most] = [0, 0];
    const counting: LogReader = {
      read: async (path) => {
        most = Math.max(most, (now += 1));
        await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
        return resources.get(path);
      },
    };
    const progress: number[] = [];
    await verifyLog(counting, trust, { parallel: 2, onProgress: (entries) => progress.push(entries) });
    expect(most).toBe(4);
    expect(progress).toEqual([256, 512, 768, 1000]);
  });
});

describe('a changed file', () => {
  it.each<[what: string, tampered: Resources, expected: object]>([
    [
      'an edited entry',
      change(resources, 'tile/entries/001', flip(entryAt(4) + 2)),
      { reason: 'entry-differs', index: 260, resource: 'tile/entries/001' },
    ],
    [
      'an edited entry of a partial bundle',
      change(resources, 'tile/entries/003.p/232', flip(entryAt(231) + 2)),
      { reason: 'entry-differs', index: 999 },
    ],
    [
      'two entries that changed places',
      change(resources, 'tile/entries/000', (b) =>
        Buffer.concat([
          b.subarray(0, entryAt(7)),
          b.subarray(entryAt(8), entryAt(9)),
          b.subarray(entryAt(7), entryAt(8)),
          b.subarray(entryAt(9)),
        ]),
      ),
      { reason: 'entry-differs', index: 7 },
    ],
    [
      'an entry taken out',
      change(resources, 'tile/entries/002', (b) => b.subarray(0, -entryAt(1))),
      // The last one: nothing is left of it to compare.
      { reason: 'bundle-malformed', resource: 'tile/entries/002', entries: { begin: 512, end: 768 }, index: 767 },
    ],
    [
      'something after the last entry',
      change(resources, 'tile/entries/002', (b) => Buffer.concat([b, Buffer.alloc(2)])),
      { reason: 'bundle-malformed', resource: 'tile/entries/002' },
    ],
    [
      'an entry longer than its bundle',
      change(resources, 'tile/entries/002', flip(entryAt(255))),
      { reason: 'bundle-malformed' },
    ],
    [
      'two bundles that changed places',
      new Map(resources)
        .set('tile/entries/000', resources.get('tile/entries/001')!)
        .set('tile/entries/001', resources.get('tile/entries/000')!),
      { reason: 'entry-differs', index: 0 },
    ],
    [
      'a flipped leaf hash',
      change(resources, 'tile/0/001', flip(32 * 4)),
      { reason: 'tile-differs', index: 260, resource: 'tile/0/001' },
    ],
    [
      'a flipped hash above',
      change(resources, 'tile/1/000.p/3', flip(40)),
      { reason: 'tile-differs', resource: 'tile/1/000.p/3', entries: { begin: 256, end: 512 } },
    ],
    [
      'a tile with a hash too many',
      change(resources, 'tile/0/001', (b) => Buffer.concat([b, Buffer.alloc(32)])),
      { reason: 'tile-malformed', resource: 'tile/0/001' },
    ],
    [
      'a tile cut short',
      change(resources, 'tile/1/000.p/3', (b) => b.subarray(0, 95)),
      { reason: 'tile-malformed', resource: 'tile/1/000.p/3' },
    ],
  ])('%s is found, and where', async (_what, tampered, expected) => {
    expect(fault(await verifyLog(reader(tampered), trust, { parallel: 3 }))).toMatchObject(expected);
  });

  it.each(['tile/entries/001', 'tile/entries/003.p/232', 'tile/0/000', 'tile/1/000.p/3'])(
    '%s is missed',
    async (path) => {
      const tampered = new Map(resources);
      tampered.delete(path);
      expect(fault(await verifyLog(reader(tampered), trust))).toMatchObject({
        reason: 'resource-missing',
        resource: path,
      });
    },
  );

  it('is not blamed on a log whose reader fails', async () => {
    const broken: LogReader = {
      read: (path) => (path === 'tile/0/002' ? Promise.reject(new Error('EIO')) : reader(resources).read(path)),
    };
    await expect(verifyLog(broken, trust)).rejects.toThrow('EIO');
  });
});

describe('a log rewritten with care', () => {
  it('is found where only the leaf tile was made anew, to within its tile', async () => {
    const other = await makeLog((begin, end) =>
      range(begin, end).map((bytes, at) => (begin + at === 260 ? entry(9999) : bytes)),
    );
    const tampered = new Map(resources);
    for (const path of ['tile/entries/001', 'tile/0/001']) tampered.set(path, other.resources.get(path)!);
    expect(fault(await verifyLog(reader(tampered), trust))).toEqual({
      reason: 'root-differs',
      size: 1000,
      entries: { begin: 256, end: 512 },
    });
  });

  it('is found where all tiles were made anew under the old signature, to within the checkpoints held', async () => {
    const other = await makeLog((begin, end) =>
      range(begin, end).map((bytes, at) => (begin + at === 500 ? entry(9999) : bytes)),
    );
    const tampered = new Map(other.resources).set('checkpoint', resources.get('checkpoint')!);
    expect(fault(await verifyLog(reader(tampered), trust))).toEqual({
      reason: 'root-differs',
      size: 1000,
      entries: { begin: 0, end: 1000 },
    });
    expect(fault(await verifyLog(reader(tampered), trust, { older: [at700, at300] }))).toEqual({
      reason: 'root-differs',
      size: 1000,
      entries: { begin: 300, end: 700 },
    });
  });

  it('is found though the real key signed it, by a checkpoint held from before, and by nothing else', async () => {
    const fork = await makeLog((begin, end) =>
      range(begin, end).map((bytes, at) => (begin + at === 500 ? entry(9999) : bytes)),
    );
    expect((await verifyLog(reader(fork.resources), trust)).kind).toBe('verified');
    expect((await verifyLog(reader(fork.resources), trust, { older: [at300] })).kind).toBe('verified');
    expect(fault(await verifyLog(reader(fork.resources), trust, { older: held }))).toEqual({
      reason: 'log-forked',
      size: 700,
      entries: { begin: 300, end: 700 },
    });
  });

  it('is found to have shrunk', async () => {
    const storage = memoryStorage();
    await (await openLog(storage, { origin, signer })).append(range(0, 300));
    expect(fault(await verifyLog(storage, trust, { older: held }))).toEqual({ reason: 'log-shrank', size: 1000 });
  });
});

describe('a checkpoint', () => {
  const raw = Buffer.from(resources.get('checkpoint')!).toString();
  const as = (text: string): Resources => new Map(resources).set('checkpoint', Buffer.from(text));
  const impostor = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);

  it('that is not there, is not one, has another size, or is another log’s, is refused', async () => {
    const without = new Map(resources);
    without.delete('checkpoint');
    const { checkpoint } = readCheckpoint(raw);
    expect(fault(await verifyLog(reader(without), trust))).toEqual({ reason: 'checkpoint-missing' });
    expect(fault(await verifyLog(reader(as('hello\n')), trust))).toEqual({ reason: 'note-malformed' });
    expect(fault(await verifyLog(reader(as(raw.replace('\n1000\n', '\n999\n'))), trust))).toEqual({
      reason: 'signature-invalid',
      size: 999,
    });
    expect(fault(await verifyLog(reader(as(raw.replace(origin, 'other.example'))), trust))).toMatchObject({
      reason: 'origin-differs',
    });
    expect(fault(await verifyLog(reader(as(await signCheckpoint(checkpoint, impostor))), trust))).toMatchObject({
      reason: 'log-signature-missing',
    });
  });

  it('must carry the cosignatures that the policy demands', async () => {
    const demanding = { ...trust, witnesses: [witness.key], quorum: 1 };
    expect(fault(await verifyLog(reader(resources), demanding))).toEqual({ reason: 'quorum-missing', size: 1000 });
    const cosigned = addSignatures(raw, [await cosign(readCheckpoint(raw), witness, 1_700_000_000)]);
    const verdict = await verifyLog(reader(as(cosigned)), demanding);
    expect(verdict).toMatchObject({
      kind: 'verified',
      checkpoint: { cosigners: [{ name: 'w.example', timestampSeconds: 1_700_000_000 }] },
    });
    expect(() => openCheckpoint(formatCheckpoint(readCheckpoint(raw).checkpoint), trust)).toThrow('note-malformed');
  });
});
