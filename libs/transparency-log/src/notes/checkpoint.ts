// C2SP tlog-checkpoint, "Note text" (https://c2sp.org/tlog-checkpoint@v1.0.0).
import { TransparencyLogError } from '../failure.js';
import { type TreeHead } from '../merkle/consistency-proof.js';
import { HASH_BYTES } from '../merkle/hash.js';
import { decodeBase64, encodeBase64 } from './base64.js';
import { formatNote, type NoteSignature, parseNote } from './signed-note.js';

/** What a log states: how many entries it has and what the hash over all of them is. */
export interface Checkpoint extends TreeHead {
  /** The log's identity, such as `ledger.hie.example/2026-2`: a URL without scheme that need not answer. */
  readonly origin: string;
  /** Lines after the root. Nobody can audit them, so this project writes none; they are kept where others do. */
  readonly extensions: readonly string[];
}

/** A checkpoint as it was read, with signatures that nobody has checked yet. */
export interface UnverifiedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** The signed text, from the origin line to the last line's newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const SIZE = /^(?:0|[1-9]\d*)$/;

/** The lines that a log signs. */
export function formatCheckpoint({ origin, size, root, extensions = [] }: CheckpointFields): string {
  return [origin, String(size), encodeBase64(root), ...extensions, ''].join('\n');
}

type CheckpointFields = Omit<Checkpoint, 'extensions'> & Partial<Pick<Checkpoint, 'extensions'>>;

/**
 * Reads the text of a checkpoint.
 *
 * @throws TransparencyLogError `checkpoint-malformed`: an empty line, a size with leading zeroes or above 2^53 - 1, a root
 *   that is not the canonical base64 of 32 bytes.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const [origin, size, root, ...extensions] = lines.slice(0, -1);
  const rootBytes = root === undefined ? undefined : decodeBase64(root);
  if (
    lines.at(-1) !== '' ||
    lines.slice(0, -1).includes('') ||
    origin === undefined ||
    size === undefined ||
    !SIZE.test(size) ||
    !Number.isSafeInteger(Number(size)) ||
    rootBytes?.length !== HASH_BYTES
  ) {
    throw new TransparencyLogError('checkpoint-malformed');
  }
  return { origin, size: Number(size), root: rootBytes, extensions };
}

/**
 * Reads a signed checkpoint without believing it.
 *
 * @throws TransparencyLogError `note-malformed`, `checkpoint-malformed`.
 */
export function readCheckpoint(raw: string | Uint8Array): UnverifiedCheckpoint {
  const { text, signatures } = parseNote(raw);
  return { checkpoint: parseCheckpoint(text), text, signatures };
}

/**
 * The same checkpoint with more signatures under it. One by a key that has signed it already takes the place of the former: a witness that
 * vouches again does so at a later time.
 */
export function addSignatures(raw: string | Uint8Array, added: readonly NoteSignature[]): string {
  const { text, signatures } = parseNote(raw);
  const isBy = (one: NoteSignature) => (other: NoteSignature) => one.name === other.name && one.keyId === other.keyId;
  const renewed = signatures.map((line) => added.find(isBy(line)) ?? line);
  return formatNote({ text, signatures: [...renewed, ...added.filter((line) => !signatures.some(isBy(line)))] });
}
