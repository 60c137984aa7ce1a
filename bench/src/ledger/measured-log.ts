import { directoryStorage } from '@hie/tile-storage';
import { noteSigner, openLog, type TransparencyLog, type Trust } from '@hie/transparency-log';
import { generateKeyPairSync } from 'node:crypto';

const origin = 'ledger.example/bench';
const signer = noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey);

export const trust: Trust = { origin, logKeys: [signer.key] };

export async function openMeasuredLog(folder: string): Promise<TransparencyLog> {
  return openLog(await directoryStorage(folder), { origin, signer });
}

const ENTRY_BYTES = 400;

/** Entries of 400 bytes, the size of an audit event, no two alike. */
export function measuredEntries(count: number, from = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => Buffer.alloc(ENTRY_BYTES, `{"eventId":"${from + at}","details":"`));
}
