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

/**
 * Files a version of a patient's directive; in force for every decision made after it is stored.
 *
 * It is acknowledged only once the log holds the word of it: from then on whoever releases finds it there (docs/adr/0192).
 */
@Injectable()
export class FileConsentHandler {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly table: DirectiveTable,
    private readonly cipher: ConsentCipher,
    private readonly announcer: ConsentAnnouncer,
  ) {}

  /**
   * @throws Refusal with the fault's code when the resource can't be obeyed, `consent-of-another` when it is another member's,
   * `change-not-told` when it is stored and the log could not be told: it is told later, and whoever files it again is safe.
   */
  async file({ consentId = randomUUID(), personId, resource }: Filing, claims: TransactionClaims) {
    const read = readConsent(resource);
    if (read.kind === 'fault') throw new Refusal(`consent-${read.fault}`, 422);
    const memberId = claims.tctx.org;
    const sealed = await this.cipher.seal(memberId, resource);
    const { result: version, isTold } = await this.unitOfWork.runAndTell(async ({ manager, announce }) => {
      // One filing after the other about a person, so that their number says how much of it somebody knows.
      await manager.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [personId]);
      const versions = await manager.find(ConsentVersionEntity, { where: { consentId }, order: { version: 'DESC' } });
      if (versions.some((earlier) => earlier.memberId !== memberId || earlier.personId !== personId)) {
        throw new Refusal('consent-of-another', 404);
      }
      const next = (versions[0]?.version ?? 0) + 1;
      const row = { consentId, version: next, personId, memberId, isActive: read.isActive, resource: sealed };
      await manager.insert(ConsentVersionEntity, row);
      const epoch = await manager.countBy(ConsentVersionEntity, { personId });
      await announce(await this.announcer.records(row, epoch, claims));
      return next;
    });
    await this.table.refresh(personId);
    if (!isTold) throw new Refusal('change-not-told', 503);
    return { consentId, version };
  }
}
