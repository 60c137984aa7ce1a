// The log as this service writes it, sealed entries and witnesses' cosignatures with it, is read by other people's software: every entry
// proven by two unrelated Merkle libraries (tlogverify) and by tessera's fsck. The library's own logs: libs/tile-storage.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type TestSchema, applyIn, goTools, testSchema } from '@hie/testing-kit';
import { directoryReader } from '@hie/tile-storage';
import { leafHash, openCheckpoint, parseVerifierKey } from '@hie/transparency-log';

import { createTables } from '../read-entries/sealed-projection.fixture.js';
import { type ServiceLog, serviceLog } from './service-log.fixture.js';

const tools = await goTools();
if (typeof tools === 'string') console.info(`Skipped: verification by independent software: ${tools}.`);
const withGo = typeof tools === 'string' ? it.skip : it;

let schema: TestSchema;
let service: ServiceLog;
beforeEach(async () => {
  schema = await testSchema();
  await applyIn(schema, createTables);
  service = await serviceLog(schema.pool);
});
afterEach(async () => {
  await service.close();
  await schema.drop();
});

/** `count` events, of which the last one's receipt is waited for, when it closes the batch. */
const together = async (count: number, closes: boolean): Promise<void> => {
  await Promise.all(
    Array.from({ length: count }, (_, at) => service.tell({ receiptWanted: closes && at === count - 1 })),
  );
};

const written: readonly (readonly [name: string, batches: readonly number[]])[] = [
  ['of 1', Array.from({ length: 300 }, () => 1)],
  ['of 256', [256, 256, 256, 256]],
  ['mixed', [1, 1, 253, 1, 1, 256, 40, 255, 256, 2, 7]],
];

withGo.each(written)(
  'a log that the service wrote in batches %s is accepted by all, with its cosignatures',
  async (_name, batches) => {
    for (const size of batches) await together(size, size < 256);
    expect(service.batches).toEqual(batches);
    const size = batches.reduce((sum, batch) => sum + batch, 0);
    await cosigned(size);

    const found = await verifiers().tlogverify(service.folder, service.keys);
    expect(JSON.parse(found.said)).toMatchObject({
      ...{ ok: true, size, entries_checked: size, inclusion_proofs_checked: size },
      cosigners: expect.arrayContaining([expect.stringMatching(/^w[123]\.example$/)]),
    });
    expect(await verifiers().fsck(service.folder, await keyFile())).toMatchObject({ accepted: true });
  },
  120_000,
);

withGo(
  'is refused by them when one sealed entry is changed',
  async () => {
    await together(200, true);
    await cosigned(200);
    const bundle = 'tile/entries/000.p/200';
    const bytes = Buffer.from((await directoryReader(service.folder).read(bundle)) ?? []);
    const inAnEntry = bytes.indexOf('"details"') + 20;
    await writeFile(
      join(service.folder, bundle),
      bytes.fill(bytes[inAnEntry] === 65 ? 66 : 65, inAnEntry, inAnEntry + 1),
    );
    expect(await verifiers().tlogverify(service.folder, service.keys)).toMatchObject({ accepted: false });
    expect(await verifiers().fsck(service.folder, await keyFile())).toMatchObject({ accepted: false });
  },
  60_000,
);

withGo('is refused while fewer witnesses vouch than are demanded', async () => {
  await together(3, true);
  await cosigned(3);
  const raw = Buffer.from((await directoryReader(service.folder).read('checkpoint')) ?? []).toString();
  const lines = raw.split('\n');
  const stripped = lines.filter(
    (line) => !line.startsWith('— w') || line === lines.find((each) => each.startsWith('— w')),
  );
  await writeFile(join(service.folder, 'checkpoint'), stripped.join('\n'));
  expect(await verifiers().tlogverify(service.folder, service.keys)).toMatchObject({ accepted: false });
});

it('gives receipts that stand in it', async () => {
  const receipt = await service.tell({ receiptWanted: true });
  const leaf = await service.log.proofs.entry(receipt!.index, service.log.head);
  expect(Buffer.from(leafHash(leaf)).toString('base64')).toBe(receipt!.leafHash);
});

const verifiers = (): Exclude<typeof tools, string> => tools as Exclude<typeof tools, string>;

async function keyFile(): Promise<string> {
  const path = join(service.root, 'key');
  await writeFile(path, service.keys.log);
  return path;
}

/** Waits until the published checkpoint is the head, under the quorum. */
async function cosigned(size: number): Promise<void> {
  const { log, witnesses, quorum } = service.keys;
  const logKey = parseVerifierKey(log);
  const trust = { origin: logKey.name, logKeys: [logKey], witnesses: witnesses.map(parseVerifierKey), quorum };
  for (let left = 200; service.log.published.size < size; left -= 1) {
    if (left === 0) throw new RangeError('The witnesses have not vouched in time.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  openCheckpoint((await directoryReader(service.folder).read('checkpoint')) ?? '', trust);
}
