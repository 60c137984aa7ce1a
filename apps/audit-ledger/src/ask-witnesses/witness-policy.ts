import { readFileSync } from 'node:fs';

import { parseVerifierKey, type VerifierKey } from '@hie/transparency-log';
import { z } from 'zod';

const witness = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('Its submission prefix; add-checkpoint is below it.'),
  verifierKeys: z.array(z.string()).min(1).describe('Its keys in signed-note form; one of them must have signed.'),
  caPath: z.string().optional().describe('Certificate authority of url, PEM; the system’s where absent.'),
});

/** The file that `WITNESSES_FILE` names. */
export const witnessesFileSchema = z
  .strictObject({
    quorum: z.int().min(1).describe('How many witnesses a published checkpoint carries, at least.'),
    witnesses: z.array(witness).min(1),
  })
  .refine(({ quorum, witnesses }) => quorum <= witnesses.length, 'more than there are witnesses');

/** A member's witness, as the ledger knows it. */
export interface Witness {
  readonly name: string;
  readonly url: string;
  readonly keys: readonly VerifierKey[];
  readonly ca?: string;
}

/** Who has to vouch for the ledger before its checkpoint is published. */
export interface WitnessPolicy {
  readonly quorum: number;
  readonly witnesses: readonly Witness[];
}

/**
 * @throws ZodError; an Error of Node.js for a file that can't be read; TransparencyLogError for a key that is none; RangeError for a
 *   witness whose keys bear two names, two witnesses of one name, and a key that does not cosign.
 */
export function readWitnessPolicy(path: string): WitnessPolicy {
  const { quorum, witnesses } = witnessesFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const known = witnesses.map(({ url, verifierKeys, caPath }): Witness => {
    const keys = verifierKeys.map(parseVerifierKey);
    const [first] = keys;
    if (first === undefined || keys.some(({ name, type }) => name !== first.name || type === 'ed25519')) {
      throw new RangeError('A witness has cosignature keys of one name.');
    }
    const ca = caPath === undefined ? {} : { ca: readFileSync(caPath, 'utf8') };
    return { name: first.name, url: url.endsWith('/') ? url : `${url}/`, keys, ...ca };
  });
  if (new Set(known.map(({ name }) => name)).size !== known.length)
    throw new RangeError('Two witnesses bear one name.');
  return { quorum, witnesses: known };
}
