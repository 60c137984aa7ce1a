import { randomUUID } from 'node:crypto';

import { UnitOfWork } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { ConsentVersionEntity } from '../directives/consent.entity.js';
import { ConsentCipher } from '../directives/consent-cipher.js';
import { DirectiveTable } from '../directives/directive-table.js';
import { readConsent } from '../directives/read-consent.js';
import { ConsentAnnouncer } from './consent.announcer.js';

export interface Filing {
  /** Absent for a new consent. */
  readonly consentId?: string;
  readonly personId: string;
  readonly resource: object;
}

/** Files a version of a patient's directive; in force for every decision made after it is stored. */
@Injectable()
export class FileConsentHandler {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly table: DirectiveTable,
    private readonly cipher: ConsentCipher,
    private readonly announcer: ConsentAnnouncer,
  ) {}

  /** @throws Refusal with the fault's code when the resource can't be obeyed, `consent-of-another` when it is another member's. */
  async file({ consentId = randomUUID(), personId, resource }: Filing, claims: TransactionClaims) {
    const read = readConsent(resource);
    if (read.kind === 'fault') throw new Refusal(`consent-${read.fault}`, 422);
    const memberId = claims.tctx.org;
    const sealed = await this.cipher.seal(memberId, resource);
    const version = await this.unitOfWork.run(async ({ manager, announce }) => {
      const versions = await manager.find(ConsentVersionEntity, { where: { consentId }, order: { version: 'DESC' } });
      if (versions.some((earlier) => earlier.memberId !== memberId || earlier.personId !== personId)) {
        throw new Refusal('consent-of-another', 404);
      }
      const next = (versions[0]?.version ?? 0) + 1;
      const row = { consentId, version: next, personId, memberId, isActive: read.isActive, resource: sealed };
      await manager.insert(ConsentVersionEntity, row);
      await announce(await this.announcer.records(row, claims));
      return next;
    });
    await this.table.refresh(consentId);
    return { consentId, version };
  }
}
