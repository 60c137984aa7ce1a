import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';

import { formatSignerKey, formatVerifierKey, type KeyType, noteSigner } from '@hie/transparency-log';

/** The kinds of key that a witness signs with: what everybody verifies, and what outlives quantum computers. */
export const witnessKeyTypes = { ed25519: 'cosignature-ed25519', 'ml-dsa-44': 'cosignature-ml-dsa-44' } as const;

export type WitnessAlgorithm = keyof typeof witnessKeyTypes;

/**
 * Makes a witness's keys, one for each algorithm, and writes them to a file that only its owner may read.
 *
 * @returns the verifier keys, for whoever is to believe it.
 * @throws an Error of Node.js: `EEXIST` where the file is there already, for a key that is overwritten is lost; what
 *   `generateKeyPairSync` throws where Node's OpenSSL has no ML-DSA.
 */
export function makeKeys(name: string, file: string, algorithms: readonly WitnessAlgorithm[]): readonly string[] {
  const pairs = algorithms.map((algorithm) => {
    const { privateKey } = algorithm === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ml-dsa-44');
    const type: KeyType = witnessKeyTypes[algorithm];
    return { line: formatSignerKey(name, type, privateKey), key: noteSigner(name, type, privateKey).key };
  });
  writeFileSync(file, pairs.map(({ line }) => `${line}\n`).join(''), { mode: 0o600, flag: 'wx' });
  return pairs.map(({ key }) => formatVerifierKey(key));
}
