// What a process that is killed cannot show: that everything was on the disk when it had to be. The writer is watched through
// strace, and the order of its system calls is held against the promises of the storage port.
import { formatSignerKey } from '@hie/transparency-log';
import { generateKeyPairSync } from 'node:crypto';
import { dirname, join } from 'node:path';

import { compileSources } from '../testing/compile-sources.js';
import { whyNoStrace } from '../testing/run-crashing-writer.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { traceCalls, type TracedCall } from '../testing/trace-calls.js';

const noStrace = await whyNoStrace();
if (noStrace !== undefined) console.info(`Skipped: the order of system calls: ${noStrace}.`);
const withStrace = noStrace === undefined ? it : it.skip;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const signerKey = formatSignerKey('ledger.example/sync', 'ed25519', generateKeyPairSync('ed25519').privateKey);

interface Rename extends TracedCall {
  readonly from: string;
  readonly to: string;
}

withStrace(
  'nothing is renamed before it is synced, no checkpoint before what it stands for, no promise before the checkpoint',
  async () => {
    const compiled = await compileSources(join(folder.path, 'compiled'));
    const root = join(folder.path, 'log');
    const program = [process.execPath, join(compiled, 'crashing-writer.js'), root, signerKey, '1,254,1,1,300,600'];
    const calls = await traceCalls(['rename', 'fsync', 'write', 'mkdir'], join(folder.path, 'trace'), program);

    const syncs = calls.filter(({ name }) => name === 'fsync');
    const synced = (path: string, after: number, before: number) =>
      syncs.some(({ args, began, ended }) => args.endsWith(`<${path}>`) && began > after && ended < before);
    const renames = calls.flatMap<Rename>((call) => {
      const [, from, to] = /^"(.*)", "(.*)"$/.exec(call.args) ?? [];
      return call.name === 'rename' && from && to?.startsWith(`${root}/`) && !to.includes('/.writer/')
        ? [{ ...call, from, to }]
        : [];
    });
    const checkpoints = renames.filter(({ to }) => to === join(root, 'checkpoint'));
    const promises = calls.filter(({ name, args }) => name === 'write' && args.includes('"appended '));
    expect([checkpoints.length, promises.length]).toEqual([7, 6]);
    // For 1, 255, 256, 257, 557 and 1,157 entries: bundles and tiles that were touched, full ones and the last partial one.
    expect(renames.length - checkpoints.length).toBe(2 + 2 + 3 + 2 + 5 + 7);

    for (const { from, began } of renames) expect([from, synced(from, 0, began)]).toEqual([from, true]);

    for (const checkpoint of checkpoints) {
      const before = renames.filter(({ to, ended }) => to !== checkpoint.to && ended < checkpoint.began);
      for (const { to, ended } of before)
        expect([to, synced(dirname(to), ended, checkpoint.began)]).toEqual([to, true]);
    }

    // Every folder, the log's own too, was synced into the one above it before the first checkpoint that came after it.
    const made = calls.filter(
      ({ name, args }) => name === 'mkdir' && args.includes(`"${root}`) && !args.includes('/.writer'),
    );
    expect(made.length).toBeGreaterThan(5);
    for (const { args, ended } of made) {
      const path = /"(.*)"/.exec(args)?.[1] as string;
      const next = checkpoints.find(({ began }) => began > ended);
      if (next !== undefined) expect([path, synced(dirname(path), ended, next.began)]).toEqual([path, true]);
    }

    promises.forEach((promise, at) => {
      const checkpoint = checkpoints[at + 1] as Rename;
      expect(promise.began).toBeGreaterThan(checkpoint.ended);
      expect(synced(root, checkpoint.ended, promise.began)).toBe(true);
    });
  },
  60_000,
);
