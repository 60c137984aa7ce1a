// A writer that was stopped and does not know that it has been replaced: at any moment between two system calls, and at the
// entrance of the one that would replace the checkpoint.
import { formatSignerKey, openCheckpoint, openLog, parseSignerKey, verifyLog } from '@hie/transparency-log';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { compileSources } from '../testing/compile-sources.js';
import { finishWriter, inject, startWriter, whyNoStrace } from '../testing/run-crashing-writer.js';
import { sampleEntries } from '../testing/sample-entries.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { directoryReader } from './directory-reader.js';
import { directoryStorage } from './directory-storage.js';

const noStrace = await whyNoStrace();
if (noStrace !== undefined) console.info(`Skipped: a writer stopped inside a system call: ${noStrace}.`);
const withStrace = noStrace === undefined ? it : it.skip;

const signerKey = formatSignerKey('ledger.example/fence', 'ed25519', generateKeyPairSync('ed25519').privateKey);
const signer = parseSignerKey(signerKey);
const options = { origin: signer.key.name, signer };
const trust = { origin: signer.key.name, logKeys: [signer.key] };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let compiled: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  compiled = await compileSources(join(folder.path, 'compiled'));
});
afterAll(() => folder.remove());

/** Takes over from a writer that is stopped, appends, lets the other go on, and says how that one fared. */
async function replace(
  root: string,
  writer: Awaited<ReturnType<typeof startWriter>>,
  finished: ReturnType<typeof finishWriter>,
) {
  const log = await openLog(await directoryStorage(root, { takeOver: true }), options);
  const { checkpoint } = await log.append(sampleEntries(log.head.size, log.head.size + 300));
  writer.kill('SIGCONT');
  const history = await finished;

  const held = history.promised.map((raw) => openCheckpoint(raw, trust));
  expect(held.every(({ size }) => size <= checkpoint.size - 300)).toBe(true);
  expect(await verifyLog(directoryReader(root), trust, { older: held })).toMatchObject({
    kind: 'verified',
    checkpoint,
  });
  await log.append(sampleEntries(0, 10));
  await log.close();
  return history;
}

it('stopped anywhere, it can change nothing after it has been replaced', async () => {
  for (const pauseMs of [5, 20, 45, 80, 120, 170]) {
    const root = join(folder.path, `stopped-${pauseMs}`, 'log');
    const writer = await startWriter(compiled, [root, signerKey, '40,'.repeat(2_000).slice(0, -1), 'once']);
    const finished = finishWriter(writer);
    await wait(pauseMs);
    writer.kill('SIGSTOP');
    const history = await replace(root, writer, finished);
    expect(history.failures[0]).toMatch(/^(commit-failed|held-by-another-writer|fenced)$/);
  }
}, 120_000);

withStrace(
  'stopped on its way into rename(2), it does not get through',
  async () => {
    const root = join(folder.path, 'delayed', 'log');
    const writer = await startWriter(compiled, [root, signerKey, '300,300', 'once']);
    // Opening takes one rename for the lease and one for the checkpoint; the first append renames two tiles, two bundles and
    // a tile above them, together, and then the checkpoint.
    await inject(writer.pid as number, { syscall: 'rename', effect: 'delay_enter=1500000', when: '1+' });
    const finished = finishWriter(writer);
    await wait(5_300);
    const history = await replace(root, writer, finished);
    expect(history.failures[0]).toBe('commit-failed');
  },
  60_000,
);
