// RFC 6962 section 2.1.2 (https://www.rfc-editor.org/rfc/rfc6962#section-2.1.2): consistency with what is known elsewhere.
import { TransparencyLogError } from '../failure.js';
import { type TreeHead } from '../merkle/consistency-proof.js';
import { type LogProofs } from './log-proofs.js';

/**
 * Whether a log continues a head of it that is known elsewhere.
 *
 * @throws TransparencyLogError `log-rolled-back`, with the size of the known head: the log has less, or something else.
 */
export async function assertAtLeast(
  known: TreeHead,
  head: TreeHead,
  proofs: Pick<LogProofs, 'consistency'>,
): Promise<void> {
  try {
    await proofs.consistency(known, head);
  } catch (cause) {
    if (!(cause instanceof TransparencyLogError)) throw cause;
    throw new TransparencyLogError('log-rolled-back', { size: known.size }, { cause });
  }
}
