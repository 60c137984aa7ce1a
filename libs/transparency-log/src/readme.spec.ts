// The example of the README is the code between the marks below, and is run. Its table of failures is the union of codes.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

import {
  addSignatures,
  cosign,
  decideCosignature,
  formatAddCheckpoint,
  leafHash,
  memoryStorage,
  noteSigner,
  openLog,
  openProofFile,
  parseAddCheckpoint,
  TransparencyLogError,
  type TransparencyLogCode,
  verifyLog,
} from './index.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const readme = read('../README.md');

it('runs the example of the README', async () => {
  // example
  const origin = 'ledger.example/2026';
  const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
  const storage = memoryStorage(); // or directoryStorage('…') of @hie/tile-storage

  // Whoever keeps the log:
  const log = await openLog(storage, { origin, signer });
  const entry = Buffer.from('{"what":"an answer was released"}');
  const { firstIndex, leafHashes, checkpoint } = await log.append([entry]);
  const receipt = await log.proofs.proofFile(firstIndex, checkpoint);

  // A witness, with a key of its own, who has seen nothing of this log yet:
  const witness = noteSigner('witness.example', 'cosignature-ml-dsa-44', generateKeyPairSync('ml-dsa-44').privateKey);
  const request = parseAddCheckpoint(formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: checkpoint.raw }));
  const decision = decideCosignature(request, new Map([[origin, [signer.key]]]), undefined);
  if (decision.kind === 'refuse') throw new Error(decision.reason);
  const cosignature = await cosign(decision.checkpoint, witness, 1_790_000_000); // after storing the new head
  await log.publish(addSignatures(checkpoint.raw, [cosignature]));

  // Whoever holds the receipt, years later and offline:
  const trust = { origin, logKeys: [signer.key], witnesses: [witness.key], quorum: 1 };
  const proven = openProofFile(receipt, leafHash(entry), { ...trust, quorum: 0 });

  // Whoever wants to know about the whole log:
  const verdict = await verifyLog(storage, trust, { older: [proven.checkpoint] });
  // end

  expect(leafHashes).toEqual([leafHash(entry)]);
  expect(proven.index).toBe(0);
  expect(verdict).toMatchObject({
    kind: 'verified',
    checkpoint: { size: 1, cosigners: [{ name: 'witness.example' }] },
  });
});

it('shows the code that is run', () => {
  const [, body = ''] = /\/\/ example\n(.*?) *\/\/ end\n/s.exec(read('readme.spec.ts')) ?? [];
  const [, shown] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  expect(shown).toBe(body.replace(/^ {2}/gm, ''));
});

it('has a row for each code, with its retry class', () => {
  const [, union = ''] = /type TransparencyLogCode =\n(.*?);/s.exec(read('failure.ts')) ?? [];
  const codes = [...union.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code as TransparencyLogCode);
  const rows = [...readme.matchAll(/^\| `([a-z-]+)` +\|.*\| (never|later) +\|$/gm)].map(([, code, retry]) => [
    code,
    retry,
  ]);
  expect(codes.length).toBeGreaterThan(20);
  expect(rows).toEqual(codes.map((code) => [code, new TransparencyLogError(code).retry]));
});
