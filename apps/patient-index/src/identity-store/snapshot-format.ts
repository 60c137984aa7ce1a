// AES-256-GCM, NIST SP 800-38D; HKDF, RFC 5869
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

import type { IdentitySnapshot, IndexedRecord } from './identity-index.js';

const MAGIC = Buffer.from('HIE-IDENTITY-2\n');
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

type Row = readonly [
  recordId: string,
  personId: string,
  version: number,
  row: number,
  traits: number,
  person: string,
  ...keys: string[],
];

interface Head {
  readonly members: readonly string[];
  readonly records: readonly Row[];
}

/**
 * A snapshot as one encrypted file: magic, salt, IV, then length of the head, head (JSON) and the engine's bytes enciphered together, tag.
 *
 * Each file has a key of its own, derived from the service's master key and the salt.
 *
 * @param masterKey 32 bytes, never stored beside the file
 */
export function sealSnapshot({ members, records, engine }: SealedSnapshot, masterKey: Buffer): readonly Buffer[] {
  const rows = records.map(({ recordId, personId, version, row, traits, use }): Row => [
    recordId,
    personId,
    version,
    row,
    traits,
    use.person,
    ...use.keys,
  ]);
  const head = Buffer.from(JSON.stringify({ members, records: rows } satisfies Head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(IV_BYTES)];
  const cipher = createCipheriv('aes-256-gcm', keyOf(masterKey, salt), iv);
  cipher.setAAD(MAGIC);
  const sealed = [length, head, ...engine].map((part) => cipher.update(part));
  return [MAGIC, salt, iv, ...sealed, cipher.final(), cipher.getAuthTag()];
}

/** @throws SnapshotError for bytes that are cut off, changed, of another format or under another key. */
export function openSnapshot(bytes: Buffer, masterKey: Buffer): SealedSnapshot {
  try {
    return opened(bytes, masterKey);
  } catch (cause) {
    throw new SnapshotError('snapshot-unreadable', { cause });
  }
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
  const plain = decipher.update(bytes.subarray(begin, -TAG_BYTES));
  decipher.final();
  const headEnd = 4 + plain.readUInt32BE();
  const { members, records } = JSON.parse(plain.toString('utf8', 4, headEnd)) as Head;
  return { members, records: records.map(recordOf), engine: [plain.subarray(headEnd)] };
}

const recordOf = ([recordId, personId, version, row, traits, person, ...keys]: Row): IndexedRecord => ({
  recordId,
  personId,
  version,
  row,
  traits,
  use: { keys, person },
});

const keyOf = (masterKey: Buffer, salt: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', masterKey, salt, 'hie identity snapshot', 32));
