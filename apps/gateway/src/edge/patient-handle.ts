// AES-256 on one block (FIPS 197): a permutation of 128-bit ids, keyed for each member.
import { type KeyObject, createCipheriv, createDecipheriv, createSecretKey, hkdfSync } from 'node:crypto';

import { FileKeyring, isUuid } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

/**
 * The patient ids that leave the broker: each member's own.
 *
 * A person's id is enciphered under a key of the member it is told to, so that two members can't put their ids together, nothing
 * has to be stored, and every handle, invented ones included, is some id: whether anybody has it is found out on the same path as
 * for a real one.
 */
@Injectable()
export class PatientHandles {
  private readonly keys = new Map<string, KeyObject>();

  constructor(private readonly keyring: FileKeyring) {}

  /** The id under which this member knows the person. */
  give(personId: string, memberId: string): string {
    const cipher = createCipheriv('aes-256-ecb', this.keyOf(memberId), null).setAutoPadding(false);
    return format(Buffer.concat([cipher.update(bytesOf(personId)), cipher.final()]));
  }

  /** The person whom a handle of this member stands for, if anybody; `undefined` when it has not the form of one. */
  open(handle: string, memberId: string): string | undefined {
    if (!isUuid(handle)) return undefined;
    const decipher = createDecipheriv('aes-256-ecb', this.keyOf(memberId), null).setAutoPadding(false);
    return format(Buffer.concat([decipher.update(bytesOf(handle)), decipher.final()]));
  }

  private keyOf(memberId: string): KeyObject {
    let key = this.keys.get(memberId);
    if (key === undefined) {
      const derived = hkdfSync('sha256', this.keyring.masterKey(), '', `hie patient handle ${memberId}`, 32);
      key = createSecretKey(Buffer.from(derived));
      this.keys.set(memberId, key);
    }
    return key;
  }
}

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

const format = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
