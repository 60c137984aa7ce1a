import { randomUUID } from 'node:crypto';

import { AuditWriter } from '@hie/messaging';
import { UnitOfWork } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { Refusal, SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';

import type { IdentityProviderConfig } from '../identity-provider.config.js';
import { Clock } from './clock.js';
import { administratorOf, decideAdministration } from './decide-administration.js';
import { decideApproval } from './decide-invitation.js';
import { InvitationEntity } from './invitation.entity.js';
import { digestOfCode, newOneTimeCode } from './one-time-code.js';
import { type IssuedInvitation, later, permitted } from './people.handler.js';
import { PersonEntity } from './person.entity.js';

const DAY_MS = 86_400_000;
/** A recovery that nobody approves in this time is none. */
const APPROVAL_WITHIN_MS = 3 * DAY_MS;
/** How long an approved recovery can be used, after its delay. */
const USABLE_FOR_MS = 2 * DAY_MS;

/**
 * The way back for somebody who has lost their authenticators: one administrator asks, a second approves, and then a day passes in which
 * the owner, whose authenticators still work if it was a fraud, ends it by signing in.
 */
@Injectable()
export class RecoveryHandler {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
    @Inject(SERVICE_CONFIG) private readonly config: IdentityProviderConfig,
  ) {}

  /** @throws Refusal `person-unknown`, `own-access`, `recovery-pending`. */
  request(personId: string, appLost: boolean, claims: TransactionClaims): Promise<void> {
    const by = administratorOf(claims);
    const now = this.clock.now();
    return this.unitOfWork.run(async (transaction) => {
      const { manager } = transaction;
      const person = await manager.findOneBy(PersonEntity, { personId });
      if (person === null) throw new Refusal('person-unknown', 404);
      permitted(decideAdministration(by, person));
      const pending = { personId, kind: 'recovery' as const, usedAt: IsNull(), expiresAt: MoreThan(now) };
      if (await manager.existsBy(InvitationEntity, pending)) throw new Refusal('recovery-pending', 409);
      await manager.insert(InvitationEntity, {
        ...{ invitationId: randomUUID(), personId, kind: 'recovery', codeHash: null, usableAt: null },
        ...{ issuedBy: by.id, appLost, issuedAt: now, expiresAt: later(now, APPROVAL_WITHIN_MS) },
      });
      const details = { person: personId, appLost };
      const { record } = await this.audit.write(
        { action: 'recovery.requested', outcome: 'success', details },
        { claims },
      );
      await transaction.announce([record]);
    });
  }

  /** @throws Refusal `person-unknown`, `recovery-unknown`, `own-access`, `same-administrator`, `already-approved`. */
  approve(personId: string, claims: TransactionClaims): Promise<IssuedInvitation> {
    const by = administratorOf(claims);
    const now = this.clock.now();
    const usableAt = later(now, this.config.RECOVERY_DELAY_HOURS * 3_600_000);
    const issued = { personId, code: newOneTimeCode(), usableAt, expiresAt: later(usableAt, USABLE_FOR_MS) };
    return this.unitOfWork.run(async (transaction) => {
      const { manager } = transaction;
      const person = await manager.findOneBy(PersonEntity, { personId });
      if (person === null) throw new Refusal('person-unknown', 404);
      permitted(decideAdministration(by, person));
      const recovery = await manager.findOne(InvitationEntity, {
        where: { personId, kind: 'recovery', usedAt: IsNull() },
        order: { issuedAt: 'DESC' },
        lock: { mode: 'pessimistic_write' },
      });
      if (recovery === null) throw new Refusal('recovery-unknown', 404);
      const decision = decideApproval(recovery, by.id, now);
      if (decision !== 'permit') throw new Refusal(decision, 403);
      const { invitationId } = recovery;
      const { code, expiresAt } = issued;
      const approved = { approvedBy: by.id, codeHash: digestOfCode(code), usableAt, expiresAt };
      await manager.update(InvitationEntity, { invitationId }, approved);
      const details = { person: personId, requestedBy: recovery.issuedBy, usableAt: usableAt.toISOString() };
      const { record } = await this.audit.write(
        { action: 'recovery.approved', outcome: 'success', details },
        { claims },
      );
      await transaction.announce([record]);
      return issued;
    });
  }
}
