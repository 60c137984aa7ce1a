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

export interface SealVerifier {
  readonly open: VerifySeal;
  /** Remembers a seal that this process has just made: its signature need not be verified when it comes back. */
  readonly made: (seal: string, opened: OpenSeal) => void;
}

/**
 * Verifies seals, each once: an answer that comes in stages brings the same first four seals with every stage, and the
 * verification of a signature (50 to 110 µs) is the dearest step of a hop.
 *
 * A seal is found again by its whole text, so what is remembered is a signature that this process has seen to be good, or has made.
 * Failures are not kept.
 */
export function sealVerifier({ keys, capacity }: SealVerifierOptions): SealVerifier {
  const kept = new Remembered<{ readonly opened: OpenSeal; readonly key: KeyObject | undefined }>(capacity);
  const remember = (seal: string, opened: OpenSeal): OpenSeal =>
    kept.keep(seal, { opened, key: keys().get(opened.kid)?.key }).opened;
  return {
    open: (seal, peeked) => {
      const found = kept.find(seal);
      const key = found && keys().get(found.opened.kid)?.key;
      return key !== undefined && key === found?.key ? found.opened : remember(seal, openSeal(seal, keys(), peeked));
    },
    made: remember,
  };
}
