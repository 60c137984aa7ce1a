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
  constructor(readonly code: 'rotation-under-way' | 'nothing-published' | 'data-keys-under-it') {
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
 * One step for the key that wraps data keys. It is used as soon as it is there: `publish` puts a next one first, and the service wraps anew what is
 * under the former; `retire` destroys the former, once the ledger has `keys.rewrapped`.
 *
 * @param wrapping the keys as they stand in the key file; the service's master key where there are none.
 * @throws RotationRefused
 */
export function rotateWrapping(wrapping: readonly string[], step: Exclude<RotationStep, 'use'>): readonly string[] {
  if (step === 'publish') {
    if (wrapping.length > 1) throw new RotationRefused('rotation-under-way');
    return [newSecret(), ...wrapping];
  }
  if (wrapping.length < 2) throw new RotationRefused('nothing-published');
  return wrapping.slice(0, 1);
}

const newSecret = (): string => randomBytes(KEY_BYTES).toString('base64url');

/** Why a service's master key can't change: what is derived from it has to last. By service; the others' can (docs/adr/0186). */
const lastingMasters: Readonly<Record<string, string>> = {
  'audit-ledger': 'It opens the heads of all entries and finds the patients in them, for as long as the log is kept.',
  gateway: 'Members keep the patients’ handles that are derived from it.',
};

/** Why this service's master key stays as it is; `undefined` for one that may change. */
export const whyMasterStays = (service: string): string | undefined =>
  Object.hasOwn(lastingMasters, service) ? lastingMasters[service] : undefined;

/**
 * One step for a service's master key, from which it derives what signs its cookies and seals its snapshots: `publish` puts a next one beside it, which
 * opens; `use` derives and seals with the next; `retire` destroys the former.
 *
 * @param master one key, or a list: the first derives what is made, all of them open.
 * @param wrapping what wraps the service's data keys: the master key until it is told apart, which comes first.
 * @throws RotationRefused
 */
export function rotateMaster(
  master: string | readonly string[],
  step: RotationStep,
  wrapping: readonly string[] | undefined,
): readonly string[] {
  const present = typeof master === 'string' ? [master] : master;
  if (wrapping === undefined || wrapping.some((key) => present.includes(key))) {
    throw new RotationRefused('data-keys-under-it');
  }
  return rotateEntries(present, step, newSecret) as readonly string[];
}
