import { FieldCipher, MemberKeys } from '@hie/persistence';
import { Injectable } from '@nestjs/common';

import type { ConsentVersionEntity } from './consent.entity.js';

const COLUMN = 'consent_version.resource';

/** Encrypts what is filed under the filing member's key, and opens it again. */
@Injectable()
export class ConsentCipher {
  constructor(
    private readonly cipher: FieldCipher,
    private readonly keys: MemberKeys,
  ) {}

  async seal(memberId: string, resource: object): Promise<Buffer> {
    await this.keys.ensure(memberId);
    return this.cipher.seal(memberId, COLUMN, JSON.stringify(resource));
  }

  /** Opens rows, of members too whose key another instance has made since; `undefined` where the member was forgotten. */
  async openAll(rows: readonly ConsentVersionEntity[]): Promise<readonly unknown[]> {
    await this.keys.know(rows.map(({ memberId }) => memberId));
    return rows.map(({ memberId, resource }): unknown =>
      this.keys.find(memberId) === undefined ? undefined : JSON.parse(this.cipher.open(memberId, COLUMN, resource)),
    );
  }
}
