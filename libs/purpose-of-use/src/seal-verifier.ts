import type { KeyObject } from 'node:crypto';

import { type OpenSeal, type PeekedSeal, type SealKeys, openSeal } from './hop-seal.js';
import { Remembered } from './remembered.js';

export interface SealVerifierOptions {
  /** Read at each call: a seal is believed no longer than the key that signed it. */
  readonly keys: () => SealKeys;
  /** How many seals are remembered. */
  readonly capacity: number;
}

/** Opens a seal; what was read of it already may be given along. */
export type VerifySeal = (seal: string, peeked?: PeekedSeal) => OpenSeal;

/**
 * Verifies seals, each once: an answer that comes in stages brings the same first four seals with every stage, and an Ed25519
 * verification (100 to 180 µs) is the dearest step of a hop.
 *
 * A seal is found again by its whole text, so what is remembered is a signature that this process has seen to be good.
 * Failures are not kept.
 */
export function sealVerifier({ keys, capacity }: SealVerifierOptions): VerifySeal {
  const kept = new Remembered<{ readonly opened: OpenSeal; readonly key: KeyObject | undefined }>(capacity);
  return (seal, peeked) => {
    const found = kept.find(seal);
    if (found !== undefined && keys().get(found.opened.kid)?.key === found.key) return found.opened;
    const opened = openSeal(seal, keys(), peeked);
    kept.keep(seal, { opened, key: keys().get(opened.kid)?.key });
    return opened;
  };
}
