// AES-256-GCM, NIST SP 800-38D; HKDF, RFC 5869
import { type KeyObject, createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

import { type ColumnLayout, bytesOfLayout, packColumns, unpackColumns } from './column-set.js';
import type { IdentitySnapshot } from './identity-index.js';

const MAGIC = Buffer.from('HIE-IDENTITY-6\n');
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

/** What a snapshot lies under: all of it is needed to open it. */
export interface SnapshotKeys {
  /** The service's, 32 bytes each: the first seals, any of them may have sealed what is opened. None is stored beside the file. */
  readonly masters: readonly [Buffer, ...Buffer[]];
  /** A member's data key; `undefined` once it is destroyed. */
  readonly memberKey: (memberId: string) => KeyObject | undefined;
}

const LENGTH_BYTES = 6;
/** What is enciphered at once, and deciphered: OpenSSL takes no more than two gigabytes, and an index of ten millions is larger. */
const SLICE_BYTES = 4 * 1024 * 1024;

/**
 * A snapshot as one encrypted file: magic and salt; the members whose records it holds, sealed under a key from the master key; then IV, length of
 * the layout, layout (JSON), columns and the engine's bytes enciphered together, tag. Columns lie in it as they lie in memory, so that writing and
 * reading it is copying.
 *
 * The numbers of all members lie in one another, so that their key comes from the salt, the service's master key *and every member's data
 * key*: with any one of them destroyed, nobody can derive it again, whatever copies of the file there are.
 *
 * @returns the file in slices, each enciphered when it is asked for: a few milliseconds, between which others have their turn. The parts of
 * the snapshot must not change before the last.
 */
export function* sealSnapshot(snapshot: SealedSnapshot, { masters, memberKey }: SnapshotKeys): Generator<Buffer> {
  const { members, directory, identifierUse, engine } = snapshot;
  const { layout, bytes } = packColumns({ directory, identifierUse });
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(IV_BYTES)];
  const [master] = masters;
  const listed = sealMembers(members, master, salt);
  const cipher = createCipheriv('aes-256-gcm', keyOfAll(master, membersKeys(members, memberKey), salt), iv);
  cipher.setAAD(MAGIC);
  yield Buffer.concat([MAGIC, salt, lengthOf(listed), listed, iv]);
  const head = Buffer.from(JSON.stringify(layout));
  for (const part of [lengthOf(head), head, ...bytes, ...engine])
    for (let at = 0; at < part.length; at += SLICE_BYTES) yield cipher.update(part.subarray(at, at + SLICE_BYTES));
  cipher.final();
  yield cipher.getAuthTag();
}

/**
 * @throws SnapshotError for bytes that are cut off, changed, of another format or under another key, and for records of a member whose key is
 * destroyed.
 */
export function openSnapshot(bytes: Buffer, keys: SnapshotKeys): OpenedSnapshot {
  const causes: unknown[] = [];
  for (const [at, master] of keys.masters.entries()) {
    try {
      return { ...opened(bytes, master, keys.memberKey), isUnderFirst: at === 0 };
    } catch (cause) {
      if (cause instanceof SnapshotError) throw cause;
      causes.push(cause);
    }
  }
  throw new SnapshotError('snapshot-unreadable', { cause: causes[0] });
}

function opened(bytes: Buffer, master: Buffer, memberKey: SnapshotKeys['memberKey']): SealedSnapshot {
  const reader = new Reader(bytes);
  if (!reader.take(MAGIC.length).equals(MAGIC)) throw new RangeError('It does not begin as a snapshot.');
  const salt = reader.take(SALT_BYTES);
  const members = openMembers(reader.take(reader.length()), master, salt);
  const iv = reader.take(IV_BYTES);
  const sealed = reader.take(reader.left - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', keyOfAll(master, membersKeys(members, memberKey), salt), iv);
  decipher.setAAD(MAGIC);
  decipher.setAuthTag(reader.take(TAG_BYTES));
  const plain = Buffer.allocUnsafeSlow(sealed.length);
  for (let at = 0; at < sealed.length; at += SLICE_BYTES)
    plain.set(decipher.update(sealed.subarray(at, at + SLICE_BYTES)), at);
  decipher.final();
  const content = new Reader(plain);
  const layout = JSON.parse(content.take(content.length()).toString()) as ColumnLayout;
  const { directory = {}, identifierUse = {} } = unpackColumns(layout, content.take(bytesOfLayout(layout)));
  return { members, directory, identifierUse, engine: [content.take(content.left)] };
}

/** Takes bytes from the front. */
class Reader {
  private at = 0;
  constructor(private readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** @throws RangeError when there are not so many */
  take(count: number): Buffer {
    if (count < 0 || count > this.left) throw new RangeError('It is cut off.');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  length(): number {
    return this.take(LENGTH_BYTES).readUIntBE(0, LENGTH_BYTES);
  }
}

function lengthOf(part: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUIntBE(part.length, 0, LENGTH_BYTES);
  return length;
}

/** Under a key of this file alone, so that its IV can be all zeros. */
function sealMembers(members: readonly string[], master: Buffer, salt: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', derived(master, salt, 'members'), Buffer.alloc(IV_BYTES));
  return Buffer.concat([cipher.update(JSON.stringify(members)), cipher.final(), cipher.getAuthTag()]);
}

function openMembers(listed: Buffer, master: Buffer, salt: Buffer): readonly string[] {
  const decipher = createDecipheriv('aes-256-gcm', derived(master, salt, 'members'), Buffer.alloc(IV_BYTES));
  decipher.setAuthTag(listed.subarray(-TAG_BYTES));
  const text = Buffer.concat([decipher.update(listed.subarray(0, -TAG_BYTES)), decipher.final()]);
  return JSON.parse(text.toString()) as readonly string[];
}

function membersKeys(members: readonly string[], memberKey: SnapshotKeys['memberKey']): readonly Buffer[] {
  return members.map((memberId) => {
    const key = memberKey(memberId);
    if (key === undefined) throw new SnapshotError('snapshot-of-a-destroyed-member');
    return key.export();
  });
}

const keyOfAll = (master: Buffer, members: readonly Buffer[], salt: Buffer): Buffer =>
  derived(Buffer.concat([master, ...members]), salt, 'numbers');

const derived = (secret: Buffer, salt: Buffer, what: 'members' | 'numbers'): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, `hie identity snapshot, ${what}`, 32));
