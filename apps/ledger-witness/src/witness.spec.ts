// What a witness does with its memory: it writes before it signs, one request at a time, and never goes on from less than it is seen to
// have vouched for. Which requests it may grant at all is decided in @hie/transparency-log and tested there.
import { generateKeyPairSync } from 'node:crypto';

import {
  addSignatures,
  type AddCheckpoint,
  formatAddCheckpoint,
  type LogStorage,
  memoryStorage,
  noteSigner,
  openCheckpoint,
  openLog,
  type OpenCheckpoint,
  parseSignatureLines,
} from '@hie/transparency-log';

import { comparePublished, type Comparison } from './published-checkpoint.js';
import { witnessRecords } from './records.js';
import { witness, type WitnessEvent } from './witness.js';

const origin = 'ledger.example/log';
const key = () => generateKeyPairSync('ed25519').privateKey;
const logSigner = noteSigner(origin, 'ed25519', key());
const signers = [noteSigner('w.example', 'cosignature-ed25519', key())];
const logs = new Map([[origin, [logSigner.key]]]);
const trust = { origin, logKeys: [logSigner.key], witnesses: signers.map((each) => each.key), quorum: 1 };

async function history(text: string) {
  const log = await openLog(memoryStorage(), { origin, signer: logSigner });
  const append = async (count: number) =>
    (await log.append(Array.from({ length: count }, (_, at) => Buffer.from(`${text} ${log.head.size + at}`))))
      .checkpoint;
  const heads = [log.head, await append(4), await append(6), await append(90)] as const;
  const ask = async (from: number, to: OpenCheckpoint): Promise<string> => {
    const older = await log.proofs.headAt(from, to);
    const request: AddCheckpoint = {
      oldSize: from,
      proof: await log.proofs.consistency(older, to),
      checkpoint: to.raw,
    };
    return formatAddCheckpoint(request);
  };
  return { heads, ask };
}
const { heads, ask } = await history('entry');
const [, at4, at10, at100] = heads;
const fork = await history('other');

function started(storage: LogStorage = memoryStorage(), compare: () => Comparison = () => 'remembered') {
  const told: WitnessEvent[] = [];
  const forgotten: string[] = [];
  let compared = 0;
  const addCheckpoint = witness({
    ...{ signers, logs },
    records: witnessRecords(storage, logs),
    compare: () => {
      compared += 1;
      return Promise.resolve(compare());
    },
    nowSeconds: () => 1_700_000_000,
    tell: (event) => told.push(event),
    onForgotten: (log) => forgotten.push(log),
  });
  return { addCheckpoint, told, forgotten, compared: () => compared };
}

it('answers with a cosignature that verifies, with its time', async () => {
  const { addCheckpoint } = started();
  const { status, body } = await addCheckpoint(await ask(0, at4));
  expect(status).toBe(200);
  const cosigned = openCheckpoint(addSignatures(at4.raw, parseSignatureLines(body)), trust);
  expect(cosigned.cosigners).toEqual([{ name: 'w.example', timestampSeconds: 1_700_000_000 }]);
});

it('goes on from where it was after it is started again', async () => {
  const storage = memoryStorage();
  expect(await started(storage).addCheckpoint(await ask(0, at10))).toMatchObject({ status: 200 });
  const again = started(storage);
  expect(await again.addCheckpoint(await ask(0, at100))).toEqual({
    status: 409,
    contentType: 'text/x.tlog.size',
    body: '10\n',
  });
  expect(await again.addCheckpoint(await ask(10, at100))).toMatchObject({ status: 200 });
});

it('has written what it vouches for before it signs, and signs nothing when it could not', async () => {
  const storage = memoryStorage();
  let broken = true;
  const { addCheckpoint } = started({
    ...storage,
    commit: (change) => (broken ? Promise.reject(new Error('EIO')) : storage.commit(change)),
  });
  await expect(addCheckpoint(await ask(0, at4))).rejects.toThrow('EIO');
  broken = false;
  // Not remembered, so not signed: it may still vouch for another tree of this size.
  expect(await addCheckpoint(await fork.ask(0, fork.heads[1]))).toMatchObject({ status: 200 });
});

it('grants only one of two histories that are offered at the same time', async () => {
  const { addCheckpoint } = started();
  const answers = await Promise.all([
    addCheckpoint(await ask(0, at10)),
    addCheckpoint(await fork.ask(0, fork.heads[2])),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 409]);
});

it('keeps the request in which a log contradicts itself, and says so', async () => {
  const storage = memoryStorage();
  const { addCheckpoint, told } = started(storage);
  await addCheckpoint(await ask(0, at10));
  const contradiction = await fork.ask(10, fork.heads[3]);
  expect(await addCheckpoint(contradiction)).toMatchObject({ status: 422, body: 'inconsistent\n' });
  const evidence = [...storage.resources].filter(([path]) => path.startsWith('evidence/'));
  expect(evidence.map(([, bytes]) => Buffer.from(bytes).toString())).toEqual([contradiction]);
  expect(told).toEqual([{ event: 'refused', origin, reason: 'inconsistent', status: 422 }]);
});

it.each([
  ['a log it does not watch', 404, () => ask(0, at4).then((body) => body.replaceAll(origin, 'other.example/log'))],
  ['what is no request', 400, () => Promise.resolve('hello')],
])('refuses %s and remembers nothing', async (_what, status, body) => {
  const storage = memoryStorage();
  expect(await started(storage).addCheckpoint(await body())).toMatchObject({ status });
  expect(storage.resources.size).toBe(0);
});

it('does not believe a record that the log did not sign', async () => {
  const storage = memoryStorage();
  await started(storage).addCheckpoint(await ask(0, at4));
  const [path] = [...storage.resources.keys()] as [string];
  storage.resources.set(path, Buffer.from(at10.raw.replace('\n10\n', '\n11\n')));
  await expect(started(storage).addCheckpoint(await ask(4, at10))).rejects.toThrow('signature-invalid');
});

describe('before its first cosignature', () => {
  it('compares what the log publishes with its record, once', async () => {
    const { addCheckpoint, compared } = started();
    await addCheckpoint(await ask(0, at4));
    await addCheckpoint(await ask(4, at10));
    expect(compared()).toBe(1);
  });

  it('waits until it can', async () => {
    let comparison: Comparison = 'not-comparable';
    const { addCheckpoint, forgotten } = started(memoryStorage(), () => comparison);
    expect(await addCheckpoint(await ask(0, at4))).toMatchObject({ status: 503 });
    comparison = 'remembered';
    expect(await addCheckpoint(await ask(0, at4))).toMatchObject({ status: 200 });
    expect(forgotten).toEqual([]);
  });

  it('gives up when it is seen to have vouched for more than it remembers', async () => {
    const { addCheckpoint, forgotten } = started(memoryStorage(), () => 'forgotten');
    expect(await addCheckpoint(await ask(0, at4))).toMatchObject({ status: 503 });
    expect(forgotten).toEqual([origin]);
  });
});

describe('comparePublished', () => {
  const published = async () => {
    const { body } = await started().addCheckpoint(await ask(0, at10));
    return addSignatures(at10.raw, parseSignatureLines(body));
  };
  const compare = async (raw: string | undefined, latest: OpenCheckpoint | undefined) =>
    comparePublished(
      { read: () => Promise.resolve(raw === undefined ? undefined : Buffer.from(raw)) },
      { origin, logKeys: [logSigner.key] },
      signers,
      latest,
    );

  it('finds a record that was put back, or lost', async () => {
    expect(await compare(await published(), at4)).toBe('forgotten');
    expect(await compare(await published(), undefined)).toBe('forgotten');
  });

  it('is content with a record as new as what is published, or newer', async () => {
    expect(await compare(await published(), at10)).toBe('remembered');
    expect(await compare(await published(), at100)).toBe('remembered');
  });

  it('is content where nothing bears its name', async () => {
    expect(await compare(at10.raw, undefined)).toBe('remembered');
  });

  it('is content where somebody else wrote its name', async () => {
    const logLine = at10.raw.split('\n').at(-2) as string;
    expect(await compare(`${at10.raw}${logLine.replace(origin, 'w.example')}\n`, undefined)).toBe('remembered');
  });

  it.each([
    ['nothing', undefined],
    ['another log’s checkpoint', at10.raw.replaceAll(origin, 'other.example/log')],
  ])('can’t tell from %s', async (_what, raw) => {
    expect(await compare(raw, undefined)).toBe('not-comparable');
  });
});
