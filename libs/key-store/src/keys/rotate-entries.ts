import { randomBytes } from 'node:crypto';

/**
 * The steps in which a signing key changes, with time between them for whoever verifies.
 *
 * `publish`: the next key stands beside the one that signs; where both are published, both are; the ledger's log is signed by both. `use`: the next
 * one signs first. `retire`: the former is gone.
 */
export type RotationStep = 'publish' | 'use' | 'retire';

/** A step was taken out of its turn; nothing has changed. */
export class RotationRefused extends Error {
  override readonly name = 'RotationRefused';
  constructor(readonly code: 'rotation-under-way' | 'nothing-published') {
    super(code);
  }
}

/**
 * One step for the keys of one use, as they stand in a key file.
 *
 * @param entries one entry, or a list: the first signs.
 * @param make makes the next key; called by `publish` alone.
 * @throws RotationRefused
 */
export function rotateEntries(entries: unknown, step: RotationStep, make: () => unknown): readonly unknown[] {
  const [first, second, ...others] = Array.isArray(entries) ? (entries as readonly unknown[]) : [entries];
  if (step === 'publish') {
    if (second !== undefined) throw new RotationRefused('rotation-under-way');
    return [first, make()];
  }
  if (second === undefined) throw new RotationRefused('nothing-published');
  return step === 'use' ? [second, first, ...others] : [first];
}

const KEY_BYTES = 32;

/**
 * One step for the key that wraps members' data keys. It has one reader, so it is used as soon as it is there: `publish` puts a next one first, and
 * the service wraps anew what is under the former; `retire` destroys the former, once the ledger has `keys.rewrapped`.
 *
 * @param wrapping the keys as they stand in the key file; the service's master key where there are none.
 * @throws RotationRefused
 */
export function rotateWrapping(wrapping: readonly string[], step: Exclude<RotationStep, 'use'>): readonly string[] {
  if (step === 'publish') {
    if (wrapping.length > 1) throw new RotationRefused('rotation-under-way');
    return [randomBytes(KEY_BYTES).toString('base64url'), ...wrapping];
  }
  if (wrapping.length < 2) throw new RotationRefused('nothing-published');
  return wrapping.slice(0, 1);
}
