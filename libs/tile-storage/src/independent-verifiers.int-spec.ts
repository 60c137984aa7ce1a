// What we write is read by other people's software: every entry proven by two unrelated Merkle libraries, with the
// cosignatures, from the folder and over HTTP. See go-tools.ts of the testing kit for what they are.
import { goTools } from '@hie/testing-kit';
import { readCheckpoint, verifyLog } from '@hie/transparency-log';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { keys, trust, writeSample } from '../testing/sample-log.js';
import { serveLog } from '../testing/serve-log.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { directoryReader } from './directory-reader.js';
import { directoryStorage } from './directory-storage.js';
import { httpReader } from './http-reader.js';

const tools = await goTools();
if (typeof tools === 'string') console.info(`Skipped: verification by independent software: ${tools}.`);
const withGo = typeof tools === 'string' ? it.skip : it;

const repeat = (size: number, times: number) => Array.from({ length: times }, () => size);
/** Uneven batches, small and large, over several bundles. */
const mixed = [1, 1, 253, 1, 1, 255, 256, 257, 1, 700, 3, 512, 0, 64, 1000, 2];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

describe('a log on the disk', () => {
  it.each<readonly [name: string, batches: readonly number[]]>([
    ['batches of 1', repeat(1, 600)],
    ['batches of 256', repeat(256, 20)],
    ['mixed batches', mixed],
    ...[0, 1, 255, 256, 257, 65_535, 65_536].map((size) => [`one batch of ${size}`, [size]] as const),
  ])(
    'written in %s is accepted by all',
    async (_name, batches) => {
      const root = join(folder.path, 'log');
      const checkpoints = await writeSample(await directoryStorage(root), batches);
      const size = batches.reduce((sum, batch) => sum + batch, 0);

      const verdict = await verifyLog(directoryReader(root), trust, { older: checkpoints });
      expect(verdict).toMatchObject({ kind: 'verified', checkpoint: { size } });
      if (typeof tools === 'string') return;

      const older = await Promise.all(
        checkpoints
          .filter((_, at) => at % Math.ceil(checkpoints.length / 20) === 0)
          .map(async ({ raw }, at) => {
            const file = join(folder.path, `checkpoint-${at}`);
            await writeFile(file, raw);
            return file;
          }),
      );
      const found = await tools.tlogverify(root, keys, older);
      expect(JSON.parse(found.said)).toMatchObject({
        ok: true,
        size,
        entries_checked: size,
        inclusion_proofs_checked: size,
        cosigners: ['w1.example', 'w2.example'],
      });

      const keyFile = join(folder.path, 'key');
      await writeFile(keyFile, keys.log);
      // tessera's fsck has nothing to say about an empty log.
      if (size > 0) expect(await tools.fsck(root, keyFile)).toMatchObject({ accepted: true });
    },
    120_000,
  );

  withGo(
    'is accepted over HTTP, and nothing but its resources is served',
    async () => {
      const root = join(folder.path, 'log');
      await writeSample(await directoryStorage(root), mixed);
      const server = await serveLog(directoryReader(root));
      const keyFile = join(folder.path, 'key');
      await writeFile(keyFile, keys.log);
      try {
        expect(await verifyLog(httpReader(server.url), trust)).toMatchObject({ kind: 'verified' });
        expect(await (tools as Exclude<typeof tools, string>).tlogverify(server.url, keys)).toMatchObject({
          accepted: true,
        });
        expect(await (tools as Exclude<typeof tools, string>).fsck(server.url, keyFile)).toMatchObject({
          accepted: true,
        });
        expect((await fetch(`${server.url}.writer`)).status).toBe(404);
      } finally {
        server.close();
      }
    },
    60_000,
  );

  withGo(
    'is refused by them, too, when a byte is changed',
    async () => {
      const root = join(folder.path, 'log');
      await writeSample(await directoryStorage(root), [600]);
      const path = join(root, 'tile/entries/001');
      const bytes = Buffer.from((await directoryReader(root).read('tile/entries/001'))!);
      bytes[100]! ^= 1;
      await writeFile(path, bytes);
      const keyFile = join(folder.path, 'key');
      await writeFile(keyFile, keys.log);

      expect(await (tools as Exclude<typeof tools, string>).tlogverify(root, keys)).toMatchObject({ accepted: false });
      expect(await (tools as Exclude<typeof tools, string>).fsck(root, keyFile)).toMatchObject({ accepted: false });
      expect(readCheckpoint((await directoryReader(root).read('checkpoint'))!).checkpoint.size).toBe(600);
    },
    60_000,
  );
});
