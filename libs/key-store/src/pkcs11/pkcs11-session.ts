import {
  type Attribute,
  CK,
  type Cryptoki,
  type CryptokiFunction,
  attributes,
  callFailed,
  gcmMechanism,
  plainMechanism,
} from './cryptoki.js';
import { Pkcs11Error } from './pkcs11-error.js';

const MAX_SIGNATURE_BYTES = 256;
const MAX_ATTRIBUTE_BYTES = 256;
export const GCM_TAG_BYTES = 16;
/** Where CK_TOKEN_INFO has its label: 32 characters, padded with blanks. */
const LABEL_BYTES = 32;
const TOKEN_INFO_BYTES = 512;

/** The slot that holds the token of a label. @throws Pkcs11Error `token-missing` */
export function slotOf(cryptoki: Cryptoki, label: string): number {
  const count = [0];
  const list = (slots: number[] | null): void => {
    const rv = cryptoki.call('C_GetSlotList', 1, slots, count);
    if (rv !== CK.CKR_OK) throw callFailed('C_GetSlotList', rv);
  };
  list(null);
  const slots = new Array<number>(count[0] ?? 0).fill(0);
  if (slots.length > 0) list(slots);
  const found = slots.find((slot) => {
    const info = Buffer.alloc(TOKEN_INFO_BYTES);
    const isThere = cryptoki.call('C_GetTokenInfo', slot, info) === CK.CKR_OK;
    return isThere && info.subarray(0, LABEL_BYTES).toString().trimEnd() === label;
  });
  if (found === undefined) throw new Pkcs11Error('token-missing', label);
  return found;
}

/** One logged-in session: one operation at a time, which the caller sees to. */
export class Pkcs11Session {
  private readonly handle: number;
  /** Handles last as long as the session; a network's length is saved for each. */
  private readonly known = new Map<string, number>();

  /** @throws Pkcs11Error `pin-refused`, `call-failed` */
  constructor(
    private readonly cryptoki: Cryptoki,
    slot: number,
    pin: string,
  ) {
    const session = [0];
    this.do('C_OpenSession', slot, CK.CKF_SERIAL_SESSION | CK.CKF_RW_SESSION, null, null, session);
    this.handle = session[0] ?? 0;
    const bytes = Buffer.from(pin);
    const rv = cryptoki.call('C_Login', this.handle, CK.CKU_USER, bytes, bytes.length);
    bytes.fill(0);
    if (rv === CK.CKR_OK || rv === CK.CKR_USER_ALREADY_LOGGED_IN) return;
    throw rv === CK.CKR_PIN_INCORRECT || rv === CK.CKR_PIN_LOCKED
      ? new Pkcs11Error('pin-refused')
      : callFailed('C_Login', rv);
  }

  /** A session that is gone already closes without complaint. */
  close(): void {
    this.cryptoki.call('C_CloseSession', this.handle);
  }

  /** The one object of a class and label. @throws Pkcs11Error `key-missing`, `key-ambiguous` */
  find(objectClass: number, label: string): number {
    const name = `${objectClass} ${label}`;
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const [found, second] = this.search([
      [CK.CKA_CLASS, objectClass],
      [CK.CKA_LABEL, label],
    ]);
    if (second !== undefined) throw new Pkcs11Error('key-ambiguous', label);
    if (found === undefined) throw new Pkcs11Error('key-missing', label);
    this.known.set(name, found);
    return found;
  }

  /** At most two objects that have these attributes. */
  search(list: readonly Attribute[]): readonly number[] {
    const objects = [0, 0];
    const count = [0];
    this.do('C_FindObjectsInit', this.handle, attributes(list), list.length);
    this.do('C_FindObjects', this.handle, objects, objects.length, count);
    this.do('C_FindObjectsFinal', this.handle);
    return objects.slice(0, count[0]);
  }

  attribute(object: number, type: number): Buffer {
    const value = Buffer.alloc(MAX_ATTRIBUTE_BYTES);
    // The elements of the array are replaced by what the token answers.
    const read = [{ type, pValue: value, ulValueLen: value.length }];
    this.do('C_GetAttributeValue', this.handle, object, read, 1);
    return value.subarray(0, read[0]?.ulValueLen);
  }

  async sign(mechanism: number, key: number, message: Uint8Array): Promise<Buffer> {
    const signature = Buffer.alloc(MAX_SIGNATURE_BYTES);
    const length = [signature.length];
    await this.doAside('C_SignInit', this.handle, plainMechanism(mechanism), key);
    await this.doAside('C_Sign', this.handle, message, message.length, signature, length);
    return signature.subarray(0, length[0]);
  }

  /** AES-GCM; the tag is at the end. */
  encrypt(key: number, iv: Buffer, additional: Buffer, plain: Buffer): Buffer {
    this.do('C_EncryptInit', this.handle, gcmMechanism(iv, additional), key);
    const sealed = Buffer.alloc(plain.length + GCM_TAG_BYTES);
    const length = [sealed.length];
    this.do('C_Encrypt', this.handle, plain, plain.length, sealed, length);
    return sealed.subarray(0, length[0]);
  }

  decrypt(key: number, iv: Buffer, additional: Buffer, sealed: Buffer): Buffer {
    this.do('C_DecryptInit', this.handle, gcmMechanism(iv, additional), key);
    const plain = Buffer.alloc(sealed.length);
    const length = [plain.length];
    this.do('C_Decrypt', this.handle, sealed, sealed.length, plain, length);
    return plain.subarray(0, length[0]);
  }

  generateKey(mechanism: number, list: readonly Attribute[]): void {
    this.do('C_GenerateKey', this.handle, plainMechanism(mechanism), attributes(list), list.length, [0]);
  }

  generateKeyPair(mechanism: number, open: readonly Attribute[], secret: readonly Attribute[]): void {
    const lists = [attributes(open), open.length, attributes(secret), secret.length] as const;
    this.do('C_GenerateKeyPair', this.handle, plainMechanism(mechanism), ...lists, [0], [0]);
  }

  destroy(object: number): void {
    this.known.clear();
    this.do('C_DestroyObject', this.handle, object);
  }

  private do(name: CryptokiFunction, ...args: unknown[]): void {
    const rv = this.cryptoki.call(name, ...args);
    if (rv !== CK.CKR_OK) throw callFailed(name, rv);
  }

  private async doAside(name: CryptokiFunction, ...args: unknown[]): Promise<void> {
    const rv = await this.cryptoki.callAside(name, ...args);
    if (rv !== CK.CKR_OK) throw callFailed(name, rv);
  }
}
