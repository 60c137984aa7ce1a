// C2SP signed-note (https://c2sp.org/signed-note@v1.0.0).
import { TransparencyLogError } from '../failure.js';
import { decodeBase64, encodeBase64 } from './base64.js';

/** One signature line: who claims to have signed, with which key, and the signature itself (what follows the key id). */
export interface NoteSignature {
  readonly name: string;
  /** The first four bytes of the key's hash, big-endian: a hint which key to try, nothing more. */
  readonly keyId: number;
  readonly signature: Uint8Array;
}

/** A text and its signatures, none of which has been checked. */
export interface SignedNote {
  /** Ends in a newline, which is part of what is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Room for the 16 post-quantum signatures that every verifier must take, four times over. */
const MAX_NOTE_BYTES = 256 * 1024;
const MAX_SIGNATURES = 64;

const KEY_ID_BYTES = 4;
const SIGNATURE_LINE = /^— (?<name>\S+) (?<signature>\S+)$/u;

/**
 * Reads a note without believing it.
 *
 * @throws TransparencyLogError `note-malformed`: not UTF-8, a control character, no blank line before the signatures, no
 *   signature, more than 64 of them, more than 256 KiB.
 */
export function parseNote(raw: string | Uint8Array): SignedNote {
  const note = typeof raw === 'string' ? raw : decodeUtf8(raw);
  if (note.length > MAX_NOTE_BYTES || hasControlCharacter(note)) throw new TransparencyLogError('note-malformed');
  const blank = note.lastIndexOf('\n\n');
  if (blank < 0 || !note.endsWith('\n')) throw new TransparencyLogError('note-malformed');
  return { text: note.slice(0, blank + 1), signatures: parseSignatureLines(note.slice(blank + 2)) };
}

/**
 * Reads one or more signature lines, as they stand in a note or in a witness's answer.
 *
 * @throws TransparencyLogError `note-malformed`.
 */
export function parseSignatureLines(lines: string): readonly NoteSignature[] {
  const split = lines.split('\n');
  if (split.pop() !== '' || split.length === 0 || split.length > MAX_SIGNATURES) {
    throw new TransparencyLogError('note-malformed');
  }
  return split.map(parseSignatureLine);
}

/** The note as text: what a verifier anywhere else reads. */
export function formatNote({ text, signatures }: SignedNote): string {
  return `${text}\n${signatures.map(formatSignatureLine).join('')}`;
}

/** One signature line, with its newline. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  const bytes = Buffer.allocUnsafe(KEY_ID_BYTES + signature.length);
  bytes.writeUInt32BE(keyId);
  bytes.set(signature, KEY_ID_BYTES);
  return `— ${name} ${encodeBase64(bytes)}\n`;
}

/** Whether a key may carry this name: not empty, at most 255 bytes, without Unicode spaces, `+` and control characters. */
export function isKeyName(name: string): boolean {
  return /^[^\s+]+$/u.test(name) && !hasControlCharacter(name) && Buffer.byteLength(name) <= 255;
}

function parseSignatureLine(line: string): NoteSignature {
  const { name, signature } = SIGNATURE_LINE.exec(line)?.groups ?? {};
  const bytes = signature === undefined ? undefined : decodeBase64(signature);
  if (name === undefined || !isKeyName(name) || bytes === undefined || bytes.length <= KEY_ID_BYTES) {
    throw new TransparencyLogError('note-malformed');
  }
  const keyId = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return { name, keyId, signature: bytes.subarray(KEY_ID_BYTES) };
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new TransparencyLogError('note-malformed', {}, { cause });
  }
}

function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 && unit !== 0x0a) return true;
  }
  return false;
}
