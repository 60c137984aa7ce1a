// AES-256-GCM, NIST SP 800-38D; HKDF, RFC 5869
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

import { type ColumnLayout, bytesOfLayout, packColumns, unpackColumns } from './column-set.js';
import type { IdentitySnapshot } from './identity-index.js';

const MAGIC = Buffer.from('HIE-IDENTITY-4\n');
const SALT_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Why a file can't be used as a snapshot; the index is then built from the database. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  constructor(
    readonly code: 'snapshot-unreadable' | 'snapshot-of-a-destroyed-member',
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}

/** Members whose records a snapshot holds, beside it. */
export interface SealedSnapshot extends IdentitySnapshot {
  readonly members: readonly string[];
}

/** What came out of a file, and whether it lies under the key that seals now. */
export interface OpenedSnapshot extends SealedSnapshot {
  readonly isUnderFirst: boolean;
}

/** What stands before the numbers: whose records they are, and where each column of the index lies. */
interface Head {
  readonly members: readonly string[];
  readonly layout: ColumnLayout;
}

const LENGTH_BYTES = 6;
/** What is enciphered at once, and deciphered: OpenSSL takes no more than two gigabytes, and an index of ten millions is larger. */
const SLICE_BYTES = 4 * 1024 * 1024;

/**
 * A snapshot as one encrypted file: magic, salt, IV, then length of the head, head (JSON), columns and the engine's bytes enciphered together, tag.
 * Columns lie in it as they lie in memory, so that writing and reading it is copying.
 *
 * Each file has a key of its own, derived from the service's master key and the salt.
 *
 * @param masterKey 32 bytes, never stored beside the file
 * @returns the file in slices, each enciphered when it is asked for: a few milliseconds, between which others have their turn. The parts of
 * the snapshot must not change before the last.
 */
export function* sealSnapshot(snapshot: SealedSnapshot, masterKey: Buffer): Generator<Buffer> {
  const { members, directory, identifierUse, engine } = snapshot;
  const { layout, bytes } = packColumns({ directory, identifierUse });
  const head = Buffer.from(JSON.stringify({ members, layout } satisfies Head));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUIntBE(head.length, 0, LENGTH_BYTES);
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(IV_BYTES)];
  const cipher = createCipheriv('aes-256-gcm', keyOf(masterKey, salt), iv);
  cipher.setAAD(MAGIC);
  yield Buffer.concat([MAGIC, salt, iv]);
  for (const part of [length, head, ...bytes, ...engine])
    for (let at = 0; at < part.length; at += SLICE_BYTES) yield cipher.update(part.subarray(at, at + SLICE_BYTES));
  cipher.final();
  yield cipher.getAuthTag();
}

/**
 * @param masterKeys the service's: any of them may have sealed it.
 * @throws SnapshotError for bytes that are cut off, changed, of another format or under another key.
 */
export function openSnapshot(bytes: Buffer, masterKeys: readonly Buffer[]): OpenedSnapshot {
  const causes: unknown[] = [];
  for (const [at, masterKey] of masterKeys.entries()) {
    try {
      return { ...opened(bytes, masterKey), isUnderFirst: at === 0 };
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw new SnapshotError('snapshot-unreadable', { cause: causes[0] });
}

function opened(bytes: Buffer, masterKey: Buffer): SealedSnapshot {
  const begin = MAGIC.length + SALT_BYTES + IV_BYTES;
  if (bytes.length < begin + TAG_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new RangeError('It does not begin as a snapshot.');
  }
  const salt = bytes.subarray(MAGIC.length, MAGIC.length + SALT_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', keyOf(masterKey, salt), bytes.subarray(begin - IV_BYTES, begin));
  decipher.setAAD(MAGIC);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const sealed = bytes.subarray(begin, -TAG_BYTES);
  const plain = Buffer.allocUnsafeSlow(sealed.length);
  for (let at = 0; at < sealed.length; at += SLICE_BYTES)
    plain.set(decipher.update(sealed.subarray(at, at + SLICE_BYTES)), at);
  decipher.final();
  const headEnd = LENGTH_BYTES + plain.readUIntBE(0, LENGTH_BYTES);
  const { members, layout } = JSON.parse(plain.toString('utf8', LENGTH_BYTES, headEnd)) as Head;
  const columnsEnd = headEnd + bytesOfLayout(layout);
  const { directory = {}, identifierUse = {} } = unpackColumns(layout, plain.subarray(headEnd, columnsEnd));
  return { members, directory, identifierUse, engine: [plain.subarray(columnsEnd)] };
}

const keyOf = (masterKey: Buffer, salt: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', masterKey, salt, 'hie identity snapshot', 32));
