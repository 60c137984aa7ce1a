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

const IV_BYTES = 12;
const TAG_BYTES = 16;

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
 * stolen backup can read them, and destroying one member's key makes that member's columns unreadable (`MemberKeys.destroy` says where).
 *
 * A value is bound to its member and its column (associated data): moved to another row's member or another column it does
 * not open.
 */
export class FieldCipher {
  private readonly blindKeys = new Map<string, KeyObject>();

  constructor(private readonly keyOf: MemberKeySource) {}

  seal(memberId: string, column: string, plain: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key(memberId), iv);
    cipher.setAAD(Buffer.from(`${memberId}/${column}`));
    return Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws FieldCipherError */
  open(memberId: string, column: string, sealed: Buffer): string {
    const key = this.key(memberId);
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES));
      decipher.setAAD(Buffer.from(`${memberId}/${column}`));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      return decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch (cause) {
      throw new FieldCipherError('field-unreadable', { cause });
    }
  }

  /** A keyed hash by which an encrypted value can still be looked up, for equality alone. */
  blindIndex(memberId: string, value: string): Buffer {
    let key = this.blindKeys.get(memberId);
    if (key === undefined) {
      key = createSecretKey(Buffer.from(hkdfSync('sha256', this.key(memberId), '', 'hie blind index', 32)));
      this.blindKeys.set(memberId, key);
    }
    return createHmac('sha256', key).update(value).digest();
  }

  private key(memberId: string): KeyObject {
    const key = this.keyOf(memberId);
    if (key === undefined) throw new FieldCipherError('member-key-missing');
    return key;
  }
}
