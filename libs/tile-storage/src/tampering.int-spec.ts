// Every mutation is found by our verifier, with the place that can be known, and by an independent one. Both hold the
// checkpoints that the log gave out before, as a member hospital does.
import { goTools } from '@hie/testing-kit';
import { openCheckpoint, type OpenCheckpoint, verifyLog } from '@hie/transparency-log';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { makeSample, mutations } from '../testing/mutations.js';
import { keys, trust } from '../testing/sample-log.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { directoryReader } from './directory-reader.js';

const tools = await goTools();
if (typeof tools === 'string') console.info(`Skipped: tampering, as independent software sees it: ${tools}.`);

const sample = await makeSample();
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

/** What both verifiers say to a log with these files, when they hold these checkpoints. */
async function verify(files: ReadonlyMap<string, Uint8Array>, held: readonly OpenCheckpoint[]) {
  const root = join(folder.path, 'log');
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
  const older = held.map(({ raw }) => openCheckpoint(raw, { ...trust, quorum: 0 }));
  const verdict = await verifyLog(directoryReader(root), trust, { older });
  if (typeof tools === 'string') return { verdict, independent: undefined };

  const heldFiles = await Promise.all(
    held.map(async ({ raw }, at) => {
      await writeFile(join(folder.path, `held-${at}`), raw);
      return join(folder.path, `held-${at}`);
    }),
  );
  return { verdict, independent: await tools.tlogverify(root, keys, heldFiles) };
}

it('leaves an honest log alone', async () => {
  const { verdict, independent } = await verify(sample.files, sample.checkpoints);
  expect(verdict).toMatchObject({ kind: 'verified', checkpoint: { size: 10_000 } });
  expect(independent?.accepted ?? true).toBe(true);
}, 60_000);

it.each(mutations)(
  'finds it when $name',
  async ({ mutate, fault }) => {
    const { verdict, independent } = await verify(await mutate(sample), sample.checkpoints);
    expect(verdict).toMatchObject({ kind: 'tampered', fault });
    expect(independent?.accepted ?? false).toBe(false);
  },
  60_000,
);

it('cannot find a fork with the real keys, after the newest checkpoint that the verifier holds', async () => {
  const fork = await mutations.at(-1)!.mutate(sample);
  const { verdict, independent } = await verify(fork, sample.checkpoints.slice(0, 4));
  expect(sample.checkpoints[3]!.size).toBe(1_000);
  expect(verdict.kind).toBe('verified');
  expect(independent?.accepted ?? true).toBe(true);
}, 60_000);
