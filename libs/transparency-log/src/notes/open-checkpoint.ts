// C2SP signed-note, "Signatures" (https://c2sp.org/signed-note@v1.0.0), for checkpoints: whose word is taken.
import { verify } from 'node:crypto';

import { TransparencyLogError } from '../failure.js';
import { type Checkpoint, formatCheckpoint, readCheckpoint, type UnverifiedCheckpoint } from './checkpoint.js';
import { cosignedMessage, splitTimestamp } from './cosignature.js';
import { type NoteSigner } from './note-signer.js';
import { formatNote, type NoteSignature } from './signed-note.js';
import { type VerifierKey } from './verifier-key.js';

/** Whom a verifier believes. Held by the verifier, never taken from what it verifies. */
export interface Trust {
  readonly origin: string;
  /** The log's keys; more than one while a key is rotated. One valid signature is enough. */
  readonly logKeys: readonly VerifierKey[];
  readonly witnesses?: readonly VerifierKey[];
  /** How many witnesses (by name) must have cosigned. 0 when absent. */
  readonly quorum?: number;
}

/** A witness that vouches for a checkpoint, and when it did. */
export interface Cosigner {
  readonly name: string;
  readonly timestampSeconds: number;
}

/** A checkpoint whose signatures have been checked. */
export interface OpenCheckpoint extends Checkpoint {
  /** As it was read: worth keeping, since every old checkpoint is a witness against a rewritten log. */
  readonly raw: string;
  /** The witnesses of the trust policy that cosigned, each once. */
  readonly cosigners: readonly Cosigner[];
}

/**
 * Signs a checkpoint with the log's key, and with `besides` while keys change, so that whoever knows either believes it. A log must never sign
 * two that contradict each other.
 */
export async function signCheckpoint(
  checkpoint: Checkpoint,
  signer: NoteSigner,
  ...besides: readonly NoteSigner[]
): Promise<string> {
  const text = formatCheckpoint(checkpoint);
  const signatures = [signer, ...besides].map(async (each) => {
    const { name, keyId, type } = each.key;
    if (type !== 'ed25519') throw new RangeError('a checkpoint is signed with a note key');
    return { name, keyId, signature: await each.sign(Buffer.from(text)) };
  });
  return formatNote({ text, signatures: await Promise.all(signatures) });
}

/**
 * Reads a checkpoint and checks it against a trust policy: origin, then the log's signature, then the witnesses'.
 *
 * A signature line of an unknown key is passed over, as the format demands; one that names a known key and does not
 * verify condemns the whole note.
 *
 * @throws TransparencyLogError `note-malformed`, `checkpoint-malformed`, `origin-differs`, `signature-invalid`,
 *   `log-signature-missing`, `quorum-missing`.
 */
export function openCheckpoint(raw: string | Uint8Array, trust: Trust): OpenCheckpoint {
  const note = readCheckpoint(raw);
  const { size, origin } = note.checkpoint;
  if (origin !== trust.origin) throw new TransparencyLogError('origin-differs', { size });

  const signed = note.signatures.filter((line) =>
    trust.logKeys.some((key) => verifiedBy(key, line, note) !== undefined),
  );
  if (signed.length === 0) throw new TransparencyLogError('log-signature-missing', { size });

  const cosigners = new Map<string, Cosigner>();
  for (const key of trust.witnesses ?? []) {
    for (const line of note.signatures) {
      const found = verifiedBy(key, line, note);
      if (found !== undefined) cosigners.set(key.name, { name: key.name, ...found });
    }
  }
  if (cosigners.size < (trust.quorum ?? 0)) throw new TransparencyLogError('quorum-missing', { size });
  return { ...note.checkpoint, raw: formatNote(note), cosigners: [...cosigners.values()] };
}

/**
 * The time (0 for a signature without one) when a line is this key's, and valid; `undefined` when it is another key's.
 *
 * @throws TransparencyLogError `signature-invalid`.
 */
export function verifiedBy(
  key: VerifierKey,
  line: NoteSignature,
  note: UnverifiedCheckpoint,
): { readonly timestampSeconds: number } | undefined {
  const { name, keyId, type } = key;
  if (line.name !== name || line.keyId !== keyId) return undefined;
  const { timestampSeconds, bare } =
    type === 'ed25519'
      ? { timestampSeconds: 0, bare: line.signature }
      : (splitTimestamp(line) ?? { timestampSeconds: 0 });
  const message = type === 'ed25519' ? Buffer.from(note.text) : cosignedMessage(note, { name, type, timestampSeconds });
  if (bare === undefined || !verify(null, message, key.publicKey, bare)) {
    throw new TransparencyLogError('signature-invalid', { size: note.checkpoint.size });
  }
  return { timestampSeconds };
}

/** When a quorum had vouched, by the witnesses' own clocks, seconds since the epoch: when the last that it needs had. `undefined` when fewer have. */
export function vouchedAt(cosigners: readonly Cosigner[], quorum: number): number | undefined {
  const newestFirst = cosigners.map(({ timestampSeconds }) => timestampSeconds).sort((a, b) => b - a);
  return newestFirst[quorum - 1];
}
