import { addSignatures, type OpenCheckpoint } from '@hie/transparency-log';

import type { WitnessAnswer } from './ask-witness.js';
import type { Witness, WitnessPolicy } from './witness-policy.js';

/** How long the others are waited for once enough have answered, in milliseconds. */
const GRACE_MS = 250;

/**
 * Asks all witnesses at once whether they vouch for a head.
 *
 * @returns the checkpoint with the cosignatures of all who answered in time, once there are enough of them; `undefined` when all have
 *   answered and there are not.
 */
export async function cosignHead(
  head: OpenCheckpoint,
  { quorum, witnesses }: WitnessPolicy,
  ask: (witness: Witness) => Promise<WitnessAnswer>,
): Promise<string | undefined> {
  const enough = Promise.withResolvers<undefined>();
  let raw = head.raw;
  let vouching = 0;
  let closed = false;
  const all = Promise.all(
    witnesses.map(async (witness) => {
      const answer = await ask(witness);
      if (answer.kind !== 'cosigned' || closed) return;
      raw = addSignatures(raw, answer.signatures);
      vouching += 1;
      if (vouching >= quorum) enough.resolve(undefined);
    }),
  );
  await Promise.race([all, enough.promise.then(() => grace())]);
  closed = true;
  return vouching >= quorum ? raw : undefined;
}

const grace = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref());
