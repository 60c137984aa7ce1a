// C2SP tlog-proof (https://c2sp.org/tlog-proof): a `.tlog-proof` file, which verifies offline.
import { TransparencyLogError } from '../failure.js';
import { HASH_BYTES, type Hash } from '../merkle/hash.js';
import { isIncluded } from '../merkle/inclusion-proof.js';
import { decodeBase64, encodeBase64 } from './base64.js';
import { openCheckpoint, type OpenCheckpoint, type Trust } from './open-checkpoint.js';

const HEADER = 'c2sp.org/tlog-proof@v1';
const INDEX = /^index (?<index>0|[1-9]\d*)$/;
/** RFC 6962 paths are no longer than the tree is high, and no tree is higher than a 64-bit index. */
const MAX_PATH = 63;

/** That an entry stands at an index of a log, for whoever trusts the checkpoint's signers. */
export interface ProofFile {
  readonly index: number;
  /** The audit path, from the leaf's sibling up. */
  readonly path: readonly Hash[];
  /** The signed checkpoint, as the log issued it. */
  readonly checkpoint: string;
  /** Anything the application wants to send along. Not authenticated: never believe it. */
  readonly extra?: Uint8Array;
}

/** A statement that a proof file has proven. */
export interface ProvenEntry {
  readonly index: number;
  readonly leafHash: Hash;
  readonly checkpoint: OpenCheckpoint;
}

export function formatProofFile({ index, path, checkpoint, extra }: ProofFile): string {
  const head = extra === undefined ? [HEADER] : [HEADER, `extra ${encodeBase64(extra)}`];
  return [...head, `index ${index}`, ...path.map(encodeBase64), '', checkpoint].join('\n');
}

/**
 * Reads a proof file without believing it.
 *
 * @throws TransparencyLogError `proof-malformed`.
 */
export function parseProofFile(file: string): ProofFile {
  const blank = file.indexOf('\n\n');
  const [header, ...lines] = file.slice(0, blank).split('\n');
  if (blank < 0 || header !== HEADER) throw new TransparencyLogError('proof-malformed');
  const extra = lines[0]?.startsWith('extra ') ? decodeBase64((lines.shift() as string).slice('extra '.length)) : null;
  const index = Number(INDEX.exec(lines.shift() ?? '')?.groups?.['index'] ?? NaN);
  const path = lines.map(decodeBase64).filter((hash) => hash?.length === HASH_BYTES) as Hash[];
  if (extra === undefined || !Number.isSafeInteger(index) || path.length !== lines.length || path.length > MAX_PATH) {
    throw new TransparencyLogError('proof-malformed');
  }
  return { index, path, checkpoint: file.slice(blank + 2), ...(extra && { extra }) };
}

/**
 * Checks, with nothing but the file, that an entry is in the log: the checkpoint's signatures, then the audit path.
 *
 * @param leafHash the hash of the entry the caller holds; without the entry, a proof proves nothing.
 * @throws TransparencyLogError whatever {@link parseProofFile} and `openCheckpoint` throw, and `inclusion-unproven`.
 */
export function openProofFile(file: string, leafHash: Hash, trust: Trust): ProvenEntry {
  const { index, path, checkpoint: raw } = parseProofFile(file);
  const checkpoint = openCheckpoint(raw, trust);
  const { size, root } = checkpoint;
  if (!isIncluded({ index, size, leafHash, root }, path)) {
    throw new TransparencyLogError('inclusion-unproven', { index, size });
  }
  return { index, leafHash, checkpoint };
}
