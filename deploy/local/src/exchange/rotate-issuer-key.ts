import { type KeyVault, type VaultKey, readKeyFileAt, rotateEntries, writeKeyFile } from '@hie/key-store';

import { instancesIn, keyFilesIn, sealIn } from './trust-material.js';
import type { KeyRotation } from './rotate-keys.js';

interface KeyFile {
  readonly others: Readonly<Record<string, unknown>> & { readonly oidc: unknown };
}

/**
 * The key that identity-provider signs tokens with: published in its JWKS before it signs, and until what the former signed has ended.
 *
 * A change that somebody has begun by hand (`hie keys rotate identity-provider oidc`) is left to them.
 */
export function rotateIssuerKey(folder: string, kid: string, vault: KeyVault): KeyRotation {
  const service = 'identity-provider';
  const seal = sealIn(folder, service, vault);
  let next: VaultKey | undefined;
  const step = (of: keyof KeyRotation, isDue: (entries: readonly unknown[]) => boolean) => (): void => {
    // All instances publish one key set.
    for (const instance of instancesIn(folder).get(service) ?? []) {
      const { keyFile } = keyFilesIn(folder, service, instance);
      const file = readKeyFileAt(keyFile, service, seal) as KeyFile;
      const entries = [file.others.oidc].flat();
      if (!isDue(entries)) continue;
      const oidc = rotateEntries(entries, of, () => (next ??= vault.make({ crv: 'P-256', kid })).entry);
      writeKeyFile(keyFile, service, { ...file, others: { ...file.others, oidc } }, seal);
    }
  };
  const isNext = (entry: unknown): boolean => (entry as { readonly kid?: string } | undefined)?.kid === kid;
  return {
    publish: step('publish', ({ length }) => length === 1),
    use: step('use', ([, second]) => isNext(second)),
    retire: step('retire', ([first, second]) => isNext(first) && second !== undefined),
  };
}
