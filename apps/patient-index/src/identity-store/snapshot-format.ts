// AES-256-GCM, NIST SP 800-38D; HKDF, RFC 5869
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

import type { IdentitySnapshot, IndexedRecord } from './identity-index.js';

const MAGIC = Buffer.from('HIE-IDENTITY-3\n');
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

type Row = readonly [
  recordId: string,
  personId: string,
  version: number,
  row: number,
  traits: number,
  person: string,
  ...keys: string[],
];

/** So many records stand in one line: all of them in one text would be longer than a text may be from two million on. */
const RECORDS_A_LINE = 10_000;
const LINE_END = 0x0a;
const LENGTH_BYTES = 6;

/**
 * A snapshot as one encrypted file: magic, salt, IV, then length of the head, head and the engine's bytes enciphered together, tag. The head is
 * lines of JSON: the members, then the records.
 *
 * Each file has a key of its own, derived from the service's master key and the salt.
 *
 * @param masterKey 32 bytes, never stored beside the file
 */
export function sealSnapshot({ members, records, engine }: SealedSnapshot, masterKey: Buffer): readonly Buffer[] {
  const head = [...linesOf(members, records)];
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUIntBE(
    head.reduce((sum, line) => sum + line.length, 0),
    0,
    LENGTH_BYTES,
  );
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(IV_BYTES)];
  const cipher = createCipheriv('aes-256-gcm', keyOf(masterKey, salt), iv);
  cipher.setAAD(MAGIC);
  const sealed = [length, ...head, ...engine].map((part) => cipher.update(part));
  return [MAGIC, salt, iv, ...sealed, cipher.final(), cipher.getAuthTag()];
}

function* linesOf(members: readonly string[], records: readonly IndexedRecord[]): Generator<Buffer> {
  yield Buffer.from(`${JSON.stringify(members)}\n`);
  for (let at = 0; at < records.length; at += RECORDS_A_LINE) {
    const rows = records
      .slice(at, at + RECORDS_A_LINE)
      .map(({ recordId, personId, version, row, traits, use }): Row => [
        ...([recordId, personId, version, row, traits, use.person] as const),
        ...use.keys,
      ]);
    yield Buffer.from(`${JSON.stringify(rows)}\n`);
  }
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
  const plain = decipher.update(bytes.subarray(begin, -TAG_BYTES));
  decipher.final();
  const headEnd = LENGTH_BYTES + plain.readUIntBE(0, LENGTH_BYTES);
  const lines = parsedLines(plain.subarray(LENGTH_BYTES, headEnd));
  const members = lines.next().value as readonly string[];
  const records: IndexedRecord[] = [];
  for (const rows of lines) for (const row of rows as readonly Row[]) records.push(recordOf(row));
  return { members, records, engine: [plain.subarray(headEnd)] };
}

function* parsedLines(head: Buffer): Generator<unknown> {
  for (let at = 0; at < head.length;) {
    const end = head.indexOf(LINE_END, at);
    yield JSON.parse(head.toString('utf8', at, end));
    at = end + 1;
  }
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
