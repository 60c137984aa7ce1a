// A writer is killed, or its system calls fail, at the n-th rename, fsync, write and openat of each of its threads. What it
// was promised must be in the log, the log must verify, and it must go on. This is the death of a process, not of the
// machine: that what was synced survives a loss of power is the kernel's and the disk's promise, and not tested here.
import { goTools } from '@hie/testing-kit';
import {
  formatSignerKey,
  formatVerifierKey,
  openCheckpoint,
  openLog,
  parseSignerKey,
  verifyLog,
} from '@hie/transparency-log';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { compileSources } from '../testing/compile-sources.js';
import { finishWriter, inject, startWriter, whyNoStrace, type WriterHistory } from '../testing/run-crashing-writer.js';
import { sampleEntries, sampleEntry } from '../testing/sample-entries.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { directoryReader } from './directory-reader.js';
import { directoryStorage } from './directory-storage.js';

const noStrace = await whyNoStrace();
if (noStrace !== undefined) console.info(`Skipped: faults in system calls: ${noStrace}.`);
const withStrace = noStrace === undefined ? describe : describe.skip;
const tools = await goTools();

const signerKey = formatSignerKey('ledger.example/crash', 'ed25519', generateKeyPairSync('ed25519').privateKey);
const signer = parseSignerKey(signerKey);
const trust = { origin: signer.key.name, logKeys: [signer.key] };
const keys = { log: formatVerifierKey(signer.key), witnesses: [], quorum: 0 };
/** Over the edges of tiles and bundles, one entry and several hundred at a time. */
const batches = '1,3,251,1,1,255,256,300,7,40,1,600,1';
const ENTRIES = 1717;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let compiled: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  compiled = await compileSources(join(folder.path, 'compiled'));
});
afterAll(() => folder.remove());

type Publication = 'at-once' | 'when-cosigned';

/** Opens the log that a writer left, appends to it, and holds all of it against what the writer was promised. */
async function inspect(root: string, { promised, asked }: WriterHistory, publication: Publication): Promise<void> {
  const log = await openLog(await directoryStorage(root), { origin: signer.key.name, signer, publication });
  const held = promised.map((raw) => openCheckpoint(raw, trust));
  // All of an append or nothing: either what was promised last, or what was asked for last, unheard.
  expect([held.at(-1)?.size ?? 0, asked]).toContain(log.head.size);
  const { checkpoint } = await log.append(sampleEntries(log.head.size, log.head.size + 300));
  // Nobody cosigns here: it is what is done with the note that can fail.
  if (publication === 'when-cosigned') await log.publish(checkpoint.raw);
  await log.close();

  const strange: number[] = [];
  const verdict = await verifyLog(directoryReader(root), trust, {
    older: held,
    onEntry: (index, entry) => {
      if (Buffer.compare(entry, sampleEntry(index)) !== 0) strange.push(index);
    },
  });
  expect(verdict).toMatchObject({ kind: 'verified', consistentWith: held.map(({ size }) => size) });
  expect(strange).toEqual([]);

  if (typeof tools === 'string') return;
  const newest = join(root, '..', 'promised');
  await writeFile(newest, promised.at(-1) ?? '');
  expect(await tools.tlogverify(root, keys, promised.length > 0 ? [newest] : [])).toMatchObject({ accepted: true });
}

it.each<[Publication]>([['at-once'], ['when-cosigned']])(
  'a writer that nobody disturbs keeps its promises (published %s)',
  async (publication) => {
    const root = join(folder.path, `undisturbed-${publication}`, 'log');
    const history = await finishWriter(await startWriter(compiled, [root, signerKey, batches, 'again', publication]));
    expect(history).toMatchObject({ killed: false, failures: [], asked: ENTRIES });
    expect(history.promised).toHaveLength(batches.split(',').length);
    await inspect(root, history, publication);
  },
  60_000,
);

const syscalls = ['rename', 'fsync', 'write', 'openat'];
const dense = [1, 2, 3, 5, 8, 13, 21, 34];
const sparse = [1, 3, 8, 21];
/** What production does is published when cosigned: a head of its own, and a checkpoint some commits behind it. */
const faults: readonly (readonly [Publication, effect: string, at: readonly string[], when: readonly number[]])[] = [
  ['at-once', 'signal=SIGKILL', syscalls, dense],
  ['at-once', 'error=EIO', syscalls, dense],
  ['when-cosigned', 'signal=SIGKILL', syscalls, sparse],
  ['when-cosigned', 'error=EIO', syscalls, sparse],
  ['when-cosigned', 'error=ENOSPC', ['write', 'openat'], sparse],
];

withStrace('whatever system call', () => {
  const hit: string[] = [];

  describe.each(faults)('published %s: %s strikes,', (publication, effect, at, whens) => {
    describe.each(at)('at %s', (syscall) => {
      it.each(whens)(
        'number %i, nothing promised is lost and the log goes on',
        async (when) => {
          const root = join(folder.path, `${publication}-${effect}-${syscall}-${when}`, 'log');
          const writer = await startWriter(compiled, [root, signerKey, batches, 'again', publication]);
          await inject(writer.pid as number, { syscall, effect, when: `${when}` });
          const history = await finishWriter(writer);
          if (history.killed || history.failures.length > 0) hit.push(`${publication} ${effect} at ${syscall} ${when}`);
          await inspect(root, history, publication);
        },
        60_000,
      );
    });
  });

  it('and the faults did strike', () => {
    const tried = faults.reduce((sum, [, , at, whens]) => sum + at.length * whens.length, 0);
    process.stdout.write(`Faults that struck: ${hit.length} of ${tried}.\n`);
    expect(hit.length).toBeGreaterThan(tried / 2);
    for (const [publication, effect, at] of faults) {
      for (const syscall of at) {
        expect(hit.some((one) => one.startsWith(`${publication} ${effect} at ${syscall} `))).toBe(true);
      }
    }
  });
});
