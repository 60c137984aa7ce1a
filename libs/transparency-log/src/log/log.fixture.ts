// A log over memory, its signer and a witness, and what the specs of the log say of them.
import { generateKeyPairSync } from 'node:crypto';

import { TransparencyLogError } from '../failure.js';
import { addSignatures, readCheckpoint } from '../notes/checkpoint.js';
import { cosign } from '../notes/cosignature.js';
import { noteSigner } from '../notes/note-signer.js';
import type { LogOptions } from './open-log.js';

export const origin = 'ledger.example/log';
export const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);
export const witness = noteSigner('w.example', 'cosignature-ed25519', generateKeyPairSync('ed25519').privateKey);
export const options: LogOptions = { origin, signer };

export const entries = (count: number, from = 0): Uint8Array[] =>
  Array.from({ length: count }, (_, at) => Buffer.from(`entry ${from + at}`));

const codeOf = (failure: unknown): string => (failure instanceof TransparencyLogError ? failure.code : String(failure));

/** The code under which something fails; `resolved` where it does not. */
export const rejection = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'resolved', codeOf);

export async function cosigned(raw: string): Promise<string> {
  return addSignatures(raw, [await cosign(readCheckpoint(raw), witness, 1_700_000_000)]);
}
