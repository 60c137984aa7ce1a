// C2SP tlog-witness v1.0.0, "add-checkpoint" (https://c2sp.org/tlog-witness@v1.0.0#add-checkpoint): the log's side.
import {
  addSignatures,
  formatAddCheckpoint,
  type LogProofs,
  type NoteSignature,
  openCheckpoint,
  type OpenCheckpoint,
  parseSignatureLines,
  TransparencyLogError,
  type TreeHead,
  type VerifierKey,
} from '@hie/transparency-log';

import type { Witness } from './witness-policy.js';

/** What came back from a witness, before anybody has looked at it. */
export interface WitnessReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Posts a request's body to a witness. Rejects when there is no answer. */
export type PostCheckpoint = (witness: Witness, body: string) => Promise<WitnessReply>;

/**
 * Why a witness did not vouch. `away`: no answer, or one of 500 and above. `refused`: a status that says no. `cosignature-invalid`: it answered with what is not
 * its signature under this checkpoint. `log-behind`: it has seen a larger tree than this log has.
 */
export type WitnessFault = 'away' | 'refused' | 'cosignature-invalid' | 'log-behind';

export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly signatures: readonly NoteSignature[] }
  | { readonly kind: 'failed'; readonly fault: WitnessFault; readonly status?: number };

const SIZE = /^(?:0|[1-9]\d{0,15})\n$/;

/**
 * Asks one witness to vouch for a head.
 *
 * @param from the tree that the witness is believed to have vouched for last; when it names another size, it is asked once more from there.
 */
export async function askWitness(
  witness: Witness,
  {
    head,
    from,
    logKeys,
  }: { readonly head: OpenCheckpoint; readonly from: TreeHead; readonly logKeys: readonly VerifierKey[] },
  proofs: Pick<LogProofs, 'consistency' | 'headAt'>,
  post: PostCheckpoint,
): Promise<WitnessAnswer> {
  let older = from;
  for (let attempt = 0; ; attempt += 1) {
    const proof = await proofs.consistency(older, head);
    const body = formatAddCheckpoint({ oldSize: older.size, proof, checkpoint: head.raw });
    const reply = await post(witness, body).catch(() => undefined);
    if (reply === undefined) return { kind: 'failed', fault: 'away' };
    if (reply.status === 200) return readCosignatures(witness, head, logKeys, reply.body);

    if (reply.status >= 500) return { kind: 'failed', fault: 'away', status: reply.status };
    const named = latestSizeOf(reply);
    if (named !== undefined && named > head.size) return { kind: 'failed', fault: 'log-behind', status: reply.status };
    if (named === undefined || attempt > 0) return { kind: 'failed', fault: 'refused', status: reply.status };
    older = await proofs.headAt(named, head);
  }
}

/** Only lines under this witness's own keys are taken: one that does not verify would condemn the checkpoint for everybody. */
function readCosignatures(
  { keys }: Witness,
  head: OpenCheckpoint,
  logKeys: readonly VerifierKey[],
  body: string,
): WitnessAnswer {
  try {
    const own = parseSignatureLines(body).filter((line) =>
      keys.some(({ name, keyId }) => line.name === name && line.keyId === keyId),
    );
    openCheckpoint(addSignatures(head.raw, own), { origin: head.origin, logKeys, witnesses: keys, quorum: 1 });
    return { kind: 'cosigned', signatures: own };
  } catch (failure) {
    if (failure instanceof TransparencyLogError) return { kind: 'failed', fault: 'cosignature-invalid', status: 200 };
    throw failure;
  }
}

function latestSizeOf({ status, contentType, body }: WitnessReply): number | undefined {
  return status === 409 && contentType === 'text/x.tlog.size' && SIZE.test(body) ? Number(body) : undefined;
}
