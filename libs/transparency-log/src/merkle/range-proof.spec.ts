import fc from 'fast-check';

import { memoryStorage } from '../log/memory-storage.js';
import { openLog } from '../log/open-log.js';
import { noteSigner } from '../notes/note-signer.js';
import { rangesBeside, rootOfRun } from './range-proof.js';
import { leafHash, nodeHash } from './hash.js';
import { generateKeyPairSync } from 'node:crypto';

const origin = 'ledger.example/run';
const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
const entry = (at: number): Uint8Array => Buffer.from(`entry ${at}`);
const entriesFrom = (begin: number, end: number) => Array.from({ length: end - begin }, (_, at) => entry(begin + at));

describe('rangesBeside', () => {
  // Worked by hand on the tree of seven leaves of RFC 6962, section 2.1.3.
  it.each([
    [{ begin: 0, end: 7 }, []],
    [
      { begin: 2, end: 5 },
      [
        { begin: 0, end: 2 },
        { begin: 5, end: 6 },
        { begin: 6, end: 7 },
      ],
    ],
    [
      { begin: 6, end: 7 },
      [
        { begin: 0, end: 4 },
        { begin: 4, end: 6 },
      ],
    ],
  ])('are what the run’s leaves lack for the root: %j', (run, beside) => {
    expect(rangesBeside(run, 7)).toEqual(beside);
  });

  it.each([
    [{ begin: 3, end: 3 }, 7],
    [{ begin: -1, end: 3 }, 7],
    [{ begin: 3, end: 8 }, 7],
  ])('are not there for a run that is not: %j', (run, size) => {
    expect(() => rangesBeside(run, size)).toThrow(RangeError);
  });
});

describe('rootOfRun', () => {
  it('is worked by hand for three leaves of which the middle one is given', () => {
    const [a, b, c] = [0, 1, 2].map((at) => leafHash(entry(at))) as [Uint8Array, Uint8Array, Uint8Array];
    expect(rootOfRun(1, [b], 3, [a, c])).toEqual(nodeHash(nodeHash(a, b), c));
  });

  it('is the signed root for every run of a log, and for no other entries, place or proof', async () => {
    const log = await openLog(memoryStorage(), { origin, signer });
    await log.append(entriesFrom(0, 700));
    const { head, proofs } = log;
    const bounds = fc.tuple(fc.nat(699), fc.integer({ min: 1, max: 300 }));
    await fc.assert(
      fc.asyncProperty(bounds, async ([begin, count]) => {
        const end = Math.min(begin + count, 700);
        const proof = await proofs.run({ begin, end }, head);
        const given = entriesFrom(begin, end).map(leafHash);
        expect(rootOfRun(begin, given, 700, proof)).toEqual(head.root);
        expect(rootOfRun(begin, [...given.slice(1), leafHash(entry(9_999))], 700, proof)).not.toEqual(head.root);
        expect(rootOfRun(begin, given, 700, [...proof, proof[0] ?? head.root])).toBeUndefined();
        if (begin + given.length < 700) expect(rootOfRun(begin + 1, given, 700, proof)).not.toEqual(head.root);
        if (given.length > 1) expect(rootOfRun(begin, given.slice(1), 700, proof)).not.toEqual(head.root);
      }),
      { numRuns: 60 },
    );
  });
});
