// AES-256-GCM, NIST SP 800-38D: random 96-bit IV, 128-bit tag.
import { type KeyObject, createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';

import { FileKeyring } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Where an event stands: it can't be moved to another case or place. */
export interface CasePlace {
  readonly caseId: string;
  readonly seq: number;
}

/** Seals what is said in a case: a comment may name what the ledger never holds. */
@Injectable()
export class CaseCipher {
  private readonly key: KeyObject;

  constructor(keyring: FileKeyring) {
    this.key = createSecretKey(Buffer.from(hkdfSync('sha256', keyring.masterKey(), '', 'hie ledger cases', 32)));
  }

  seal(place: CasePlace, value: unknown): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(associated(place));
    const sealed = [cipher.update(JSON.stringify(value), 'utf8'), cipher.final()];
    return Buffer.concat([iv, ...sealed, cipher.getAuthTag()]);
  }

  /** @throws Error for bytes that were changed, or sealed for another place or under another key. */
  open(place: CasePlace, sealed: Buffer): unknown {
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, IV_BYTES))
      .setAAD(associated(place))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = [decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
    return JSON.parse(Buffer.concat(plain).toString());
  }
}

const associated = ({ caseId, seq }: CasePlace): Buffer => Buffer.from(`hie ledger case ${caseId} ${seq}`);
