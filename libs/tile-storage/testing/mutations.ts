// ATTACKS F9: what somebody with write access to the log's files can do to them, and (F10) with the keys as well.
import {
  addSignatures,
  entriesPath,
  type LogFault,
  memoryStorage,
  noteSigner,
  type OpenCheckpoint,
  parseSignatureLines,
  readCheckpoint,
  signCheckpoint,
} from '@hie/transparency-log';
import { generateKeyPairSync } from 'node:crypto';

import { sampleEntry } from './sample-entries.js';
import { cosigned, origin, signer, writeSample } from './sample-log.js';

/** A log's files by path, and every checkpoint it ever signed. */
export interface Sample {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly checkpoints: readonly OpenCheckpoint[];
}

/** One attack, and what a verifier who holds the log's earlier checkpoints must say to it. */
export interface Mutation {
  readonly name: string;
  readonly mutate: (sample: Sample) => Promise<Map<string, Uint8Array>>;
  readonly fault: Partial<LogFault>;
}

export const batches = [1, 255, 744, 4000, 3000, 2000];
/** In the fourth batch, away from every edge. */
const VICTIM = 2_500;
const BUNDLE = Math.floor(VICTIM / 256);

export async function makeSample(text = 'entry', victim = -1): Promise<Sample> {
  const storage = memoryStorage();
  const make = (begin: number, end: number) =>
    Array.from({ length: end - begin }, (_, at) =>
      begin + at === victim ? Buffer.from('nobody ever looked at this record') : sampleEntry(begin + at, text),
    );
  const checkpoints = await writeSample(storage, batches, make);
  return { files: storage.resources, checkpoints };
}

type Edit = (bytes: Buffer) => Uint8Array;

const edit =
  (path: string, change: Edit): Mutation['mutate'] =>
  ({ files }) =>
    Promise.resolve(new Map(files).set(path, change(Buffer.from(files.get(path) as Uint8Array))));

const flip =
  (at: number): Edit =>
  (bytes) =>
    bytes.fill((bytes[at] as number) ^ 1, at, at + 1);

const bundlePath = entriesPath({ index: BUNDLE, width: 256 });
const leafTilePath = `tile/0/${String(BUNDLE).padStart(3, '0')}`;
const bundleEntries = { begin: BUNDLE * 256, end: BUNDLE * 256 + 256 };
/** The checkpoints before and after the batch of the victim. */
const around = { begin: 1_000, end: 5_000 };

/** Where the entry at this place of a bundle begins, its length bytes included. */
function offsetOf(bundle: Buffer, place: number): number {
  let at = 0;
  for (let entry = 0; entry < place; entry += 1) at += 2 + bundle.readUInt16BE(at);
  return at;
}

const cut = (bytes: Buffer, place: number) => {
  const [begin, end] = [offsetOf(bytes, place), offsetOf(bytes, place + 1)];
  return { before: bytes.subarray(0, begin), entry: bytes.subarray(begin, end), after: bytes.subarray(end) };
};
const place = VICTIM % 256;

const rewritten =
  (paths: readonly string[]): Mutation['mutate'] =>
  async ({ files }) => {
    const other = await makeSample('entry', VICTIM);
    return new Map([...files, ...paths.map((path) => [path, other.files.get(path) as Uint8Array] as const)]);
  };

const withCheckpoint =
  (change: (raw: string, sample: Sample) => string | Promise<string>): Mutation['mutate'] =>
  async (sample) => {
    const raw = Buffer.from(sample.files.get('checkpoint') as Uint8Array).toString();
    return new Map(sample.files).set('checkpoint', Buffer.from(await change(raw, sample)));
  };

const impostor = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);

export const mutations: readonly Mutation[] = [
  {
    name: 'a byte of an entry is edited',
    mutate: edit(bundlePath, (bytes) => flip(offsetOf(bytes, place) + 10)(bytes)),
    fault: { reason: 'entry-differs', index: VICTIM, resource: bundlePath },
  },
  {
    name: 'an entry is deleted',
    mutate: edit(bundlePath, (bytes) => Buffer.concat([cut(bytes, place).before, cut(bytes, place).after])),
    fault: { reason: 'bundle-malformed', resource: bundlePath, entries: bundleEntries, index: VICTIM },
  },
  {
    name: 'an entry is replaced by another of the log',
    mutate: edit(bundlePath, (bytes) =>
      Buffer.concat([cut(bytes, place).before, cut(bytes, 3).entry, cut(bytes, place).after]),
    ),
    fault: { reason: 'entry-differs', index: VICTIM },
  },
  {
    name: 'an entry is inserted',
    mutate: edit(bundlePath, (bytes) =>
      Buffer.concat([cut(bytes, place).before, cut(bytes, 3).entry, cut(bytes, place).entry, cut(bytes, place).after]),
    ),
    fault: { reason: 'bundle-malformed', resource: bundlePath, index: VICTIM },
  },
  {
    name: 'two entries are put in another order',
    mutate: edit(bundlePath, (bytes) => {
      const [first, second] = [cut(bytes, place), cut(bytes, place + 1)];
      return Buffer.concat([first.before, second.entry, first.entry, second.after]);
    }),
    fault: { reason: 'entry-differs', index: VICTIM },
  },
  {
    name: 'a bundle is deleted',
    mutate: ({ files }) => Promise.resolve(new Map([...files].filter(([path]) => path !== bundlePath))),
    fault: { reason: 'resource-missing', resource: bundlePath, entries: bundleEntries },
  },
  {
    name: 'two bundles are swapped',
    mutate: ({ files }) => {
      const [left, right] = ['tile/entries/004', 'tile/entries/005'];
      return Promise.resolve(
        new Map([...files, [left, files.get(right) as Uint8Array], [right, files.get(left) as Uint8Array]]),
      );
    },
    fault: { reason: 'entry-differs', index: 4 * 256 },
  },
  {
    name: 'something is added after the last entry of a bundle',
    mutate: edit(bundlePath, (bytes) => Buffer.concat([bytes, Buffer.of(0, 1, 120)])),
    fault: { reason: 'bundle-malformed', resource: bundlePath, entries: bundleEntries },
  },
  {
    name: 'an entry is edited, and its leaf tile computed anew',
    mutate: rewritten([bundlePath, leafTilePath]),
    fault: { reason: 'root-differs', size: 10_000, entries: bundleEntries },
  },
  {
    name: 'an entry is edited, and all tiles computed anew, under the old signature',
    mutate: async ({ files }) =>
      (await makeSample('entry', VICTIM).then((other) => new Map(other.files))).set(
        'checkpoint',
        files.get('checkpoint') as Uint8Array,
      ),
    fault: { reason: 'root-differs', size: 10_000, entries: around },
  },
  {
    name: 'a hash in a leaf tile is flipped',
    mutate: edit(leafTilePath, flip(place * 32)),
    fault: { reason: 'tile-differs', resource: leafTilePath, index: VICTIM },
  },
  {
    name: 'a hash in a tile above is flipped',
    mutate: edit('tile/1/000.p/39', flip(BUNDLE * 32)),
    fault: { reason: 'tile-differs', resource: 'tile/1/000.p/39', entries: bundleEntries },
  },
  {
    name: 'a tile is cut short',
    mutate: edit(leafTilePath, (bytes) => bytes.subarray(0, -32)),
    fault: { reason: 'tile-malformed', resource: leafTilePath },
  },
  {
    name: 'the size in the checkpoint is edited',
    mutate: withCheckpoint((raw) => raw.replace('\n10000\n', '\n9999\n')),
    fault: { reason: 'signature-invalid' },
  },
  {
    name: 'the checkpoint is signed by another key of the same name',
    mutate: withCheckpoint(async (raw) => cosigned(await signCheckpoint(readCheckpoint(raw).checkpoint, impostor))),
    fault: { reason: 'log-signature-missing' },
  },
  {
    name: 'a cosignature is stripped',
    mutate: withCheckpoint((raw) => raw.split('\n').toSpliced(-2, 1).join('\n')),
    fault: { reason: 'quorum-missing' },
  },
  {
    name: 'a cosignature is taken from another checkpoint',
    mutate: withCheckpoint(async (raw, { checkpoints }) => {
      const older = await cosigned((checkpoints[3] as OpenCheckpoint).raw);
      const borrowed = parseSignatureLines(`${older.split('\n').at(-2) as string}\n`);
      return addSignatures(raw.split('\n').toSpliced(-2, 1).join('\n'), borrowed);
    }),
    fault: { reason: 'signature-invalid' },
  },
  {
    name: 'the origin is changed, and signed with the real key',
    mutate: withCheckpoint((raw) =>
      signCheckpoint({ ...readCheckpoint(raw).checkpoint, origin: 'ledger.example/other' }, signer),
    ),
    fault: { reason: 'origin-differs' },
  },
  {
    name: 'the log is rolled back to an older checkpoint, cosigned in its time',
    mutate: withCheckpoint((_raw, { checkpoints }) => cosigned((checkpoints[4] as OpenCheckpoint).raw)),
    fault: { reason: 'log-shrank', size: 10_000 },
  },
  {
    name: 'the log is forked, and signed with the real keys of log and witnesses',
    mutate: () => makeSample('entry', VICTIM).then(({ files }) => new Map(files)),
    fault: { reason: 'log-forked', size: 5_000, entries: around },
  },
];
