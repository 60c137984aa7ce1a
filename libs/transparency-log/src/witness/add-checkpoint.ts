// C2SP tlog-witness v1.0.0, "add-checkpoint" (https://c2sp.org/tlog-witness@v1.0.0#add-checkpoint): the request's form.
import { TransparencyLogError } from '../failure.js';
import { HASH_BYTES, type Hash } from '../merkle/hash.js';
import { decodeBase64, encodeBase64 } from '../notes/base64.js';

/** The most consistency proof lines a client may send. */
const MAX_PROOF_LINES = 63;
const OLD_SIZE = /^old (?<size>0|[1-9]\d*)$/;

/** A log asks a witness to cosign a checkpoint. */
export interface AddCheckpoint {
  /** The size of the tree that the log believes the witness cosigned last. */
  readonly oldSize: number;
  readonly proof: readonly Hash[];
  /** The checkpoint, signed by the log. */
  readonly checkpoint: string;
}

/** The body of the POST to `<submission prefix>/add-checkpoint`. */
export function formatAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  return [`old ${oldSize}`, ...proof.map(encodeBase64), '', checkpoint].join('\n');
}

/**
 * Reads the body of such a POST. A witness answers what this throws with 400.
 *
 * @throws TransparencyLogError `request-malformed`.
 */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const blank = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, blank).split('\n');
  const oldSize = Number(OLD_SIZE.exec(first)?.groups?.['size'] ?? NaN);
  const proof = lines.map(decodeBase64).filter((hash) => hash?.length === HASH_BYTES) as Hash[];
  const wellFormed = proof.length === lines.length && proof.length <= MAX_PROOF_LINES && Number.isSafeInteger(oldSize);
  if (blank < 0 || !wellFormed) throw new TransparencyLogError('request-malformed');
  return { oldSize, proof, checkpoint: body.slice(blank + 2) };
}
