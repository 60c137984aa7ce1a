import {
  addSignatures,
  cosign,
  formatVerifierKey,
  type LogStorage,
  noteSigner,
  type OpenCheckpoint,
  openLog,
  readCheckpoint,
  type Trust,
} from '@hie/transparency-log';
import { generateKeyPairSync } from 'node:crypto';

import { sampleEntries } from './sample-entries.js';

export const origin = 'ledger.example/sample';
export const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
export const witnesses = [
  noteSigner('w1.example', 'cosignature-ed25519', generateKeyPairSync('ed25519').privateKey),
  noteSigner('w2.example', 'cosignature-ml-dsa-44', generateKeyPairSync('ml-dsa-44').privateKey),
];

/** The trust that demands both witnesses, for us and for the Go verifiers. */
export const trust: Trust = { origin, logKeys: [signer.key], witnesses: witnesses.map(({ key }) => key), quorum: 2 };
export const keys = {
  log: formatVerifierKey(signer.key),
  witnesses: witnesses.map(({ key }) => formatVerifierKey(key)),
  quorum: 2,
};

/** Adds both witnesses' signatures to a checkpoint, without asking whether they would give them. */
export async function cosigned(raw: string): Promise<string> {
  const note = readCheckpoint(raw);
  return addSignatures(raw, await Promise.all(witnesses.map((witness) => cosign(note, witness, 1_790_000_000))));
}

/**
 * Writes entries into a log in batches of these sizes, cosigns the last checkpoint, and closes it.
 *
 * @returns every checkpoint the log signed, oldest first, the cosigned one last.
 */
export async function writeSample(
  storage: LogStorage,
  batches: readonly number[],
  make: (begin: number, end: number) => Uint8Array[] = sampleEntries,
): Promise<readonly OpenCheckpoint[]> {
  const log = await openLog(storage, { origin, signer });
  const checkpoints = [log.head];
  for (const size of batches) {
    checkpoints.push((await log.append(make(log.head.size, log.head.size + size))).checkpoint);
  }
  await log.publish(await cosigned(log.head.raw));
  await log.close();
  return [...checkpoints.slice(0, -1), log.published];
}
