import { generateKeyPairSync } from 'node:crypto';

import { addSignatures, cosign, memoryStorage, noteSigner, openLog, readCheckpoint } from '@hie/transparency-log';

import { isStale, readVouched, vouchedAtMs } from './freshness.js';

it.each([
  ['of now', 60_000, false],
  ['of two intervals ago', 120_000, false],
  ['of longer ago', 120_001, true],
])('the word %s: stale %s ms later is %s', (_what, laterMs, expected) => {
  expect(isStale(1_000_000, 1_000_000 + laterMs, 60_000)).toBe(expected);
});

it.each([
  [1, 300_000],
  [2, 200_000],
  [3, 100_000],
  [4, undefined],
])('a quorum of %d had vouched when the last it needs had: %s', (quorum, at) => {
  const cosigners = [100, 300, 200].map((timestampSeconds, n) => ({ name: `w${n}`, timestampSeconds }));
  expect(vouchedAtMs({ cosigners }, quorum)).toBe(at);
});

it('is read from the published checkpoint, under the witnesses that are known', async () => {
  const keyOf = () => generateKeyPairSync('ed25519').privateKey;
  const origin = 'ledger.example/2026h2';
  const signer = noteSigner(origin, 'ed25519', keyOf());
  const [one, two] = ['w1.example', 'w2.example'].map((name) => noteSigner(name, 'cosignature-ed25519', keyOf()));
  const trust = { origin, logKeys: [signer.key], witnesses: [one!.key, two!.key], quorum: 2 };
  const storage = memoryStorage();
  expect(await readVouched(storage, trust)).toBeUndefined();

  const log = await openLog(storage, { origin, signer });
  await log.append([Buffer.from('entry')]);
  expect(await readVouched(storage, trust)).toBeUndefined();
  const note = readCheckpoint(log.head.raw);
  await log.publish(addSignatures(log.head.raw, [await cosign(note, one!, 500), await cosign(note, two!, 400)]));
  expect(vouchedAtMs((await readVouched(storage, trust))!, 2)).toBe(400_000);
  await log.publish(addSignatures(log.head.raw, [await cosign(note, one!, 501), await cosign(note, two!, 601)]));
  expect(vouchedAtMs((await readVouched(storage, trust))!, 2)).toBe(501_000);
});
