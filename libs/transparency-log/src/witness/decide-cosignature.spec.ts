// Each row is a sentence of tlog-witness v1.0.0 with "MUST"; the last ones are what a log with a stolen key would try.
import { generateKeyPairSync } from 'node:crypto';

import { memoryStorage } from '../log/memory-storage.js';
import { openLog } from '../log/open-log.js';
import { noteSigner } from '../notes/note-signer.js';
import { type OpenCheckpoint, signCheckpoint } from '../notes/open-checkpoint.js';
import { type AddCheckpoint, formatAddCheckpoint, parseAddCheckpoint } from './add-checkpoint.js';
import { decideCosignature, type WitnessedLogs } from './decide-cosignature.js';

const origin = 'ledger.example/log';
const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
const impostor = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
const logs: WitnessedLogs = new Map([[origin, [signer.key]]]);

/** A log of 10 entries, its heads at 0, 4 and 10, and the proof between the last two. */
async function history(text: string) {
  const log = await openLog(memoryStorage(), { origin, signer });
  const empty = log.head;
  const at4 = (await log.append(Array.from({ length: 4 }, (_, at) => Buffer.from(`${text} ${at}`)))).checkpoint;
  const at10 = (await log.append(Array.from({ length: 6 }, (_, at) => Buffer.from(`${text} ${at + 4}`)))).checkpoint;
  return { empty, at4, at10, proof: await log.proofs.consistency(at4, at10) };
}

const { empty, at4, at10, proof } = await history('entry');
const fork = await history('other');
const hollow = { ...at4, raw: await signCheckpoint({ ...at4, size: 0 }, signer) };
const ask = (oldSize: number, checkpoint: OpenCheckpoint, hashes: AddCheckpoint['proof'] = []): AddCheckpoint => ({
  oldSize,
  proof: hashes,
  checkpoint: checkpoint.raw,
});

describe('a witness cosigns', () => {
  it.each([
    ['the first checkpoint it sees', ask(0, at10), undefined],
    ['an empty log', ask(0, empty), undefined],
    ['a log that has grown, with its proof', ask(4, at10, proof), at4],
    ['the same checkpoint again', ask(10, at10), at10],
  ])('%s', (_what, request, latest) => {
    expect(decideCosignature(request, logs, latest)).toMatchObject({
      kind: 'cosign',
      checkpoint: { checkpoint: { origin } },
    });
  });
});

describe('a witness refuses', () => {
  it.each([
    ['what is no checkpoint', { ...ask(0, at10), checkpoint: 'hello\n' }, undefined, 400, 'checkpoint-malformed'],
    ['an old size beyond the checkpoint', ask(11, at10), undefined, 400, 'old-size-beyond'],
    ['an old size that is not its latest', ask(4, at10, proof), at10, 409, 'stale'],
    ['an old size when it has seen nothing', ask(4, at10, proof), undefined, 409, 'stale'],
    ['a log that says nothing of what was seen', ask(0, at10), at4, 409, 'stale'],
    ['a smaller tree', ask(4, at4), at10, 409, 'stale'],
    ['a smaller tree that admits to be one', ask(10, at4), at10, 400, 'old-size-beyond'],
    ['another root for the same size', ask(4, fork.at4), at4, 409, 'root-differs'],
    ['an empty log with a root of its own', ask(0, hollow), undefined, 409, 'root-differs'],
    ['a missing proof', ask(4, at10), at4, 422, 'inconsistent'],
    ['a proof with a hash too many', ask(4, at10, [...proof, at4.root]), at4, 422, 'inconsistent'],
    ['a proof where none is due', ask(0, at10, proof), undefined, 422, 'inconsistent'],
    ['a fork, with the fork’s own proof', ask(4, fork.at10, fork.proof), at4, 422, 'inconsistent'],
    ['a fork, with the old log’s proof', ask(4, fork.at10, proof), at4, 422, 'inconsistent'],
  ] as const)('%s', (_what, request, latest, status, reason) => {
    expect(decideCosignature(request, logs, latest)).toMatchObject({ kind: 'refuse', status, reason });
  });

  it('with its latest size, so that the log can try again', () => {
    expect(decideCosignature(ask(0, at10), logs, at4)).toEqual({
      kind: 'refuse',
      reason: 'stale',
      status: 409,
      latestSize: 4,
    });
  });

  it('a log it does not know with 404, and a signature it does not trust with 403, before all else', async () => {
    const forged = { ...ask(99, at10), checkpoint: await signCheckpoint(at10, impostor) };
    expect(decideCosignature(ask(99, at10), new Map(), undefined)).toMatchObject({
      status: 404,
      reason: 'origin-unknown',
    });
    expect(decideCosignature(forged, logs, undefined)).toMatchObject({ status: 403, reason: 'unsigned' });
  });
});

describe('the request', () => {
  it('is read as it is written', () => {
    for (const request of [ask(4, at10, proof), ask(0, at4)]) {
      expect(formatAddCheckpoint(parseAddCheckpoint(formatAddCheckpoint(request)))).toBe(formatAddCheckpoint(request));
    }
    expect(
      formatAddCheckpoint(ask(4, at10, proof))
        .split('\n')
        .slice(0, 2),
    ).toEqual(['old 4', Buffer.from(proof[0]!).toString('base64')]);
  });

  const good = formatAddCheckpoint(ask(4, at10, proof));
  it.each([
    ['nothing', ''],
    ['no old size', good.replace('old 4\n', '')],
    ['a leading zero', good.replace('old 4', 'old 04')],
    ['a size above 2^53 - 1', good.replace('old 4', 'old 9007199254740992')],
    ['a short hash', good.replace('old 4\n', 'old 4\nAAAA\n')],
    ['64 hashes', good.replace('old 4\n', `old 4\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}`)],
    ['no checkpoint', 'old 4\n'],
  ])('with %s is malformed', (_what, body) => {
    expect(() => parseAddCheckpoint(body)).toThrow('request-malformed');
  });
});
