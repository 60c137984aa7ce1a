// AES-256-GCM, NIST SP 800-38D: random 96-bit IV, 128-bit tag.
import {
  type KeyObject,
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from 'node:crypto';

import { keyUnder } from './key-under.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const LENGTH_BYTES = 2;

/** A column's value could not be opened: another member's key, another column, or changed bytes. */
export class FieldCipherError extends Error {
  override readonly name = 'FieldCipherError';
  readonly retry = 'never';
  constructor(
    readonly code: 'field-unreadable' | 'member-key-missing',
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}

/** Finds a member's data key (256 bits); `undefined` when there is none, or it was destroyed. */
export type MemberKeySource = (memberId: string) => KeyObject | undefined;

/**
 * Encrypts columns that hold a patient's data under a key for each member, so that neither the database's operator nor a
 * stolen backup can read them, and destroying one member's key makes that member's columns unreadable, here and in every backup.
 *
 * A value is bound to its member and its column (associated data): moved to another row's member or another column it does
 * not open.
 */
export class FieldCipher {
  /** By the data key they come from, and gone with it. */
  private readonly blindKeys = new WeakMap<KeyObject, KeyObject>();

  constructor(private readonly keyOf: MemberKeySource) {}

  seal(memberId: string, column: string, plain: string): Buffer {
    return sealUnder(this.key(memberId), `${memberId}/${column}`, plain);
  }

  /** @throws FieldCipherError */
  open(memberId: string, column: string, sealed: Buffer): string {
    return openUnder(this.key(memberId), `${memberId}/${column}`, sealed);
  }

  /**
   * Encrypts what holds the data of several members, in the row of one of them: with the key of any destroyed, nobody opens it. Whose data it
   * holds beside that one's is encrypted too.
   */
  sealWith(memberId: string, others: readonly string[], column: string, plain: string): Buffer {
    const list = this.seal(memberId, `${column}.members`, JSON.stringify(others));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt16BE(list.length);
    return Buffer.concat([length, list, sealUnder(this.keyWith(memberId, others), `${memberId}/${column}`, plain)]);
  }

  /** @throws FieldCipherError */
  openWith(memberId: string, column: string, sealed: Buffer): string {
    const end = LENGTH_BYTES + sealed.readUInt16BE();
    const list = this.open(memberId, `${column}.members`, sealed.subarray(LENGTH_BYTES, end));
    const key = this.keyWith(memberId, JSON.parse(list) as readonly string[]);
    return openUnder(key, `${memberId}/${column}`, sealed.subarray(end));
  }

  /** A keyed hash by which an encrypted value can still be looked up, for equality alone. */
  blindIndex(memberId: string, value: string): Buffer {
    const data = this.key(memberId);
    let key = this.blindKeys.get(data);
    if (key === undefined) {
      key = createSecretKey(Buffer.from(hkdfSync('sha256', data, '', 'hie blind index', 32)));
      this.blindKeys.set(data, key);
    }
    return createHmac('sha256', key).update(value).digest();
  }

  private keyWith(memberId: string, others: readonly string[]): KeyObject {
    return keyUnder(
      [memberId, ...others].map((each) => this.key(each)),
      'hie column of several members',
    );
  }

  private key(memberId: string): KeyObject {
    const key = this.keyOf(memberId);
    if (key === undefined) throw new FieldCipherError('member-key-missing');
    return key;
  }
}

function sealUnder(key: KeyObject, bound: string, plain: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(bound));
  return Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

function openUnder(key: KeyObject, bound: string, sealed: Buffer): string {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES));
    decipher.setAAD(Buffer.from(bound));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new FieldCipherError('field-unreadable', { cause });
  }
}
